// SPDX-License-Identifier: Apache-2.0
// readv(2), writev, preadv, pwritev, preadv2: order, partial faults, limits and errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    int fd = (int)MUST(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600));
    char a[5] = "", b[5] = "", c[10] = "";
    struct iovec out[] = { { "one", 3 }, { "", 0 }, { "two", 3 }, { "three", 5 } };
    SHOW(writev(fd, out, 4));
    struct iovec in[] = { { a, 4 }, { b, 0 }, { c, 9 } };
    MUST(lseek(fd, 0, SEEK_SET));
    SHOW(readv(fd, in, 3));
    say("'%s' '%s' '%s'", a, b, c);
    SHOW(readv(fd, in, 3));
    SHOW(pwritev(fd, out, 4, 100));
    SHOW(preadv(fd, in, 3, 103));
    say("'%s' '%s'", a, c);
    SHOW(preadv(fd, in, 3, -1));
    SHOW(preadv2(fd, in, 3, 103, 0));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(preadv2(fd, in, 3, 103, 0x1000));
    SHOW(writev(fd, out, 0));
    SHOW(writev(fd, out, -1));
    SHOW(writev(fd, out, 1025));
    SHOW(syscall(SYS_writev, fd, BAD, 1));
    SHOW(syscall(SYS_writev, fd, BAD, 0));
    struct iovec bad[] = { { "good", 4 }, { BAD, 4 } }, negative[] = { { a, -1 }, { a, 1 } };
    struct iovec huge[] = { { a, SSIZE_MAX }, { a, SSIZE_MAX } };
    SHOW(writev(fd, negative, 2));
    int p[2];
    MUST(pipe(p));
    SHOW(writev(p[1], bad + 1, 1));
    SHOW(writev(p[1], out, 4));
    SHOW(readv(p[0], in, 3));
    SHOW(readv(99, in, 3));
    SHOW(readv(p[1], in, 3));
    SHOW(writev(p[0], out, 4));
    SHOW(preadv(p[0], in, 3, 0));
    SHOW(writev(fd, huge, 2) == -1 ? (long)errno == EFAULT || (long)errno == EINVAL : 0);
    struct iovec many[1024];
    for (int i = 0; i < 1024; i++) {
        many[i].iov_base = "x";
        many[i].iov_len = 1;
    }
    SHOW(writev(fd, many, 1024));
    int null = (int)MUST(open("/dev/null", O_RDWR));
    SHOW(writev(null, many, 1024));
    SHOW(readv(null, in, 3));
    SHOW(read(fd, a, 0));
    SHOW(read(p[1], a, 0));
    SHOW(write(fd, a, 0));
    SHOW(read(99, a, 0));
    return 0;
}
