// SPDX-License-Identifier: Apache-2.0
// sendfile(2), splice(2), tee(2), vmsplice(2), copy_file_range(2): amounts, offsets, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/sendfile.h>

int main(void)
{
    char block[20000], back[20000];
    for (int i = 0; i < 20000; i++) { block[i] = 'a' + i % 23; }
    int in = (int)MUST(open("in", O_RDWR | O_CREAT | O_TRUNC, 0600)),
        out = (int)MUST(open("out", O_RDWR | O_CREAT | O_TRUNC, 0600));
    MUST(write(in, block, sizeof block));
    off_t offset = 100;
    int p[2], q[2];
    MUST(pipe(p));
    MUST(pipe(q));
    SHOW(sendfile(out, in, &offset, 5000));
    say("offset %ld, file offsets %ld %ld", (long)offset, (long)lseek(in, 0, SEEK_CUR),
        (long)lseek(out, 0, SEEK_CUR));
    SHOW(pread(out, back, 5000, 0));
    say("same %d", memcmp(back, block + 100, 5000) == 0);
    SHOW(sendfile(out, in, NULL, 100));
    lseek(in, 0, SEEK_SET);
    SHOW(sendfile(out, in, NULL, 100000));
    SHOW(sendfile(out, in, NULL, 100));
    lseek(in, 0, SEEK_SET);
    SHOW(sendfile(p[1], in, NULL, 300));
    SHOW(read(p[0], back, 1000));
    SHOW(sendfile(out, p[0], NULL, 10));
    SHOW(sendfile(99, in, NULL, 10));
    SHOW(sendfile(out, 99, NULL, 10));
    offset = -1;
    SHOW(sendfile(out, in, &offset, 10));
    SHOW(syscall(SYS_sendfile, out, in, BAD, 10));
    int reader = (int)MUST(open("in", O_RDONLY)), appender = (int)MUST(open("out", O_WRONLY | O_APPEND));
    SHOW(sendfile(reader, in, NULL, 10));
    SHOW(sendfile(appender, in, NULL, 10));

    lseek(in, 0, SEEK_SET);
    SHOW(splice(in, NULL, p[1], NULL, 4000, 0));
    SHOW(tee(p[0], q[1], 1000, 0));
    SHOW(splice(p[0], NULL, out, NULL, 4000, 0));
    SHOW(read(q[0], back, 5000));
    say("same %d", memcmp(back, block, 1000) == 0);
    SHOW(splice(p[0], NULL, out, NULL, 10, SPLICE_F_NONBLOCK));
    loff_t at = 50;
    SHOW(splice(in, &at, p[1], NULL, 100, 0));
    say("at %ld", (long)at);
    SHOW(splice(p[0], NULL, q[1], NULL, 60, 0));
    SHOW(splice(p[0], &at, out, NULL, 10, 0));
    SHOW(splice(in, NULL, out, NULL, 10, 0));
    SHOW(splice(99, NULL, p[1], NULL, 10, 0));
    SHOW(splice(in, NULL, p[1], NULL, 10, 0x100));
    SHOW(splice(in, NULL, p[1], NULL, 0, 0));
    SHOW(tee(p[0], p[1], 10, 0));
    SHOW(tee(in, p[1], 10, 0));
    struct iovec vector = { block, 200 };
    SHOW(vmsplice(q[1], &vector, 1, 0));
    SHOW(read(q[0], back, 5000));
    SHOW(vmsplice(in, &vector, 1, 0));

    at = 10;
    loff_t to = 30000;
    SHOW(copy_file_range(in, &at, out, &to, 500, 0));
    say("%ld %ld", (long)at, (long)to);
    SHOW(pread(out, back, 500, 30000));
    say("same %d", memcmp(back, block + 10, 500) == 0);
    SHOW(copy_file_range(in, NULL, out, NULL, 100, 1));
    SHOW(copy_file_range(in, NULL, p[1], NULL, 100, 0));
    SHOW(copy_file_range(99, NULL, out, NULL, 100, 0));
    SHOW(copy_file_range(in, NULL, reader, NULL, 100, 0));
    at = 0;
    to = 100;
    SHOW(copy_file_range(in, &at, in, &to, 500, 0));
    SHOW(copy_file_range(in, &at, in, &to, 0, 0));
    return 0;
}
