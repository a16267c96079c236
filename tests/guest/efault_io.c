// SPDX-License-Identifier: Apache-2.0
// EFAULT and partial counts of read(2), write, pread, pwrite, readv, writev and getrandom: bad pointers,
// buffers that end or straddle where memory ends, zero and huge lengths, vectors that are bad themselves; for
// files, pipes, sockets and devices.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <sys/ioctl.h>
#include <sys/socket.h>

static int file, empty, ends[2], pair[2], zero, null;
static char content[16384];

// A pipe that holds n bytes, a socket pair likewise.
static int pipe_with(int n)
{
    char drain[16384];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    while (read(ends[0], drain, sizeof drain) > 0) {}
    if (n > 0) { MUST(write(ends[1], content, n)); }
    return ends[0];
}
static int socket_with(int n)
{
    char drain[16384];
    while (recv(pair[0], drain, sizeof drain, MSG_DONTWAIT) > 0) {}
    if (n > 0) { MUST(write(pair[1], content, n)); }
    return pair[0];
}
static int rewound(void)
{
    MUST(lseek(file, 0, SEEK_SET));
    return file;
}

// Bytes that arrived at p, out of r: all must be right.
static long checked(char *p, long r, long offset)
{
    int error = errno;
    if (r > 0 && memcmp(p, content + offset, r) != 0) { say("wrong bytes"); }
    errno = error;
    return r;
}

// What is left after a call.
static long left_in(int fd)
{
    int n = -1;
    MUST(ioctl(fd, FIONREAD, &n));
    return n;
}

static void reads(void)
{
    char piece[100];
    EACH_BAD("read file", SYS(read, rewound(), p, 10));
    say("position %ld", (long)lseek(file, 0, SEEK_CUR));
    EACH_BAD("read file 0", SYS(read, rewound(), p, 0));
    EACH_BAD("read pipe", SYS(read, pipe_with(20), p, 10));
    EACH_BAD("read empty pipe", SYS(read, pipe_with(0), p, 10));
    EACH_BAD("read pipe 0", SYS(read, pipe_with(20), p, 0));
    EACH_BAD("read socket", SYS(read, socket_with(20), p, 10));
    EACH_BAD("read zero", SYS(read, zero, p, 10));
    EACH_BAD("read null", SYS(read, null, p, 10));
    EACH_BAD("read eof", SYS(read, empty, p, 10));
    EACH_BAD("read closed", SYS(read, 99, p, 10));
    EACH_BAD("read write end", SYS(read, ends[1], p, 10));
    EACH_BAD("pread", SYS(pread64, file, p, 10, 100));
    EACH_BAD("pread 0", SYS(pread64, file, p, 0, 100));
    EACH_BAD("pread negative", SYS(pread64, file, p, 10, -1L));
    EACH_BAD("pread pipe", SYS(pread64, ends[0], p, 10, 0));
    EACH_BAD("getrandom", SYS(getrandom, p, 10, 0));
    EACH_BAD("getrandom 0", SYS(getrandom, p, 0, 0));
    EACH_BAD("getrandom bad flags", SYS(getrandom, p, 10, 64));
    EACH_BAD("huge", SYS(read, rewound(), p, 1L << 40));
    EACH_BAD("absurd", SYS(read, rewound(), p, -1L));
    EACH_END("read file", checked(p, SYS(read, rewound(), p, 100), 0), 0, 1, 7, 8, 50, 99, 100, 101, 4096);
    EACH_END("read file, two pages", checked(p, SYS(read, rewound(), p, 8192), 0), 0, 1, 100, 4095, 4096);
    EACH_END("read file, huge", checked(p, SYS(read, rewound(), p, 1L << 30), 0), 0, 1, 100, 4096);
    EACH_END("position after", (SYS(read, rewound(), p, 100), lseek(file, 0, SEEK_CUR)), 0, 1, 50, 99, 100);
    EACH_END("pread", checked(p, SYS(pread64, file, p, 5000, 4000), 4000), 0, 1, 96, 97, 1000, 4096);
    EACH_END("read pipe", checked(p, SYS(read, pipe_with(200), p, 100), 0), 0, 1, 7, 99, 100, 150);
    EACH_END("left in the pipe", (SYS(read, pipe_with(200), p, 100), left_in(ends[0])), 0, 1, 99, 100);
    EACH_END(
        "read pipe, more than there is", checked(p, SYS(read, pipe_with(20), p, 1000), 0), 0, 1, 19, 20, 21);
    EACH_END("read pipe, two pages", checked(p, SYS(read, pipe_with(8192), p, 8192), 0), 0, 1, 4095, 4096);
    EACH_END("left of two pages", (SYS(read, pipe_with(8192), p, 8192), left_in(ends[0])), 0, 1, 4095, 4096);
    EACH_END("read pipe, after a piece", (read(pipe_with(8192), piece, 100), SYS(read, ends[0], p, 8000)), 0, 1,
        3995, 3996, 4096);
    EACH_END("read socket", checked(p, SYS(read, socket_with(200), p, 100), 0), 0, 1, 99, 100, 150);
    EACH_END("left in the socket", (SYS(read, socket_with(200), p, 100), left_in(pair[0])), 0, 1, 99, 100);
    EACH_END("read zero", SYS(read, zero, p, 3000), 0, 1, 100, 2999, 3000);
    EACH_END("getrandom", SYS(getrandom, p, 100, 0), 0, 1, 99, 100);
    EACH_END("read at the end of file", SYS(read, empty, p, 10), 0, 1, 9);
}

static long written(long r)
{
    int error = errno;
    struct stat s;
    MUST(fstat(file, &s));
    MUST(ftruncate(file, 0));
    MUST(pwrite(file, content, sizeof content, 0));
    errno = error;
    return r == -1 ? (s.st_size == sizeof content ? -1 : -1000000 - s.st_size) : r * 100000 + s.st_size;
}

static void writes(void)
{
    EACH_BAD("write file", SYS(write, rewound(), p, 10));
    MUST(pwrite(file, content, sizeof content, 0));
    EACH_BAD("write file 0", SYS(write, rewound(), p, 0));
    EACH_BAD("write pipe", (pipe_with(0), SYS(write, ends[1], p, 10)));
    EACH_BAD("write pipe 0", (pipe_with(0), SYS(write, ends[1], p, 0)));
    EACH_BAD("write socket", SYS(write, pair[0], p, 10));
    EACH_BAD("write null", SYS(write, null, p, 10));
    EACH_BAD("write null, absurd", SYS(write, null, p, -1L));
    EACH_BAD("write zero", SYS(write, zero, p, 10));
    EACH_BAD("write closed", SYS(write, 99, p, 10));
    EACH_BAD("write read end", SYS(write, ends[0], p, 10));
    EACH_BAD("pwrite", SYS(pwrite64, file, p, 10, 100));
    EACH_BAD("pwrite negative", SYS(pwrite64, file, p, 10, -1L));
    EACH_BAD("pwrite 0", SYS(pwrite64, file, p, 0, 100));
    EACH_BAD("write huge", (pipe_with(0), SYS(write, ends[1], p, 1L << 40)));
    EACH_END("write file, at its end", written(SYS(pwrite64, file, p, 100, 16384)), 0, 1, 50, 99, 100);
    EACH_END("write file, inside", written(SYS(pwrite64, file, p, 100, 50)), 0, 1, 50, 99, 100);
    EACH_END("write file, two pages", written(SYS(pwrite64, file, p, 8192, 16384)), 0, 1, 100, 4096);
    EACH_END("write pipe", (pipe_with(0), SYS(write, ends[1], p, 100)), 0, 1, 50, 99, 100);
    EACH_END(
        "in the pipe", (pipe_with(0), SYS(write, ends[1], p, 5000), left_in(ends[0])), 0, 1, 99, 904, 4096);
    EACH_END("in the socket", (socket_with(0), SYS(write, pair[1], p, 100), left_in(pair[0])), 0, 1, 50, 100);
    EACH_END("write pipe, two pages", (pipe_with(0), SYS(write, ends[1], p, 8000)), 0, 1, 100, 4096);
    EACH_END("write socket", (socket_with(0), SYS(write, pair[1], p, 100)), 0, 1, 50, 99, 100);
}

static long vector(int call, int fd, void *a, long na, void *b, long nb, void *c, long nc)
{
    struct iovec v[] = { { a, na }, { b, nb }, { c, nc } };
    return syscall(call, fd, v, 3, 0, 0);
}

static void vectors(void)
{
    char x[64], y[64];
    struct iovec good = { x, 10 };
    EACH_BAD("readv itself", SYS(readv, rewound(), p, 1));
    EACH_BAD("readv none", SYS(readv, rewound(), p, 0));
    EACH_BAD("readv 1025", SYS(readv, rewound(), p, 1025));
    EACH_BAD("readv -1", SYS(readv, rewound(), p, -1L));
    EACH_BAD("readv closed", SYS(readv, 99, p, 1));
    // What the text says as an array of vectors differs from compiler to compiler.
    bad[5].p = NULL;
    EACH_BAD("writev itself", SYS(writev, null, p, 1));
    EACH_BAD("preadv itself", SYS(preadv, file, p, 1, 0, 0));
    EACH_BAD("pwritev itself", SYS(pwritev, file, p, 1, 0, 0));
    EACH_END(
        "readv at an end", (memcpy(p, &good, p == to_ro ? 0 : 16), SYS(readv, rewound(), p, 1)), 16, 4096);
    EACH_END(
        "readv at an end, too many", (memcpy(p, &good, 16), SYS(readv, rewound(), p, 2)), 16, 4096, 24, 31);
    EACH_BAD("readv first", vector(SYS_readv, rewound(), p, 10, x, 10, y, 10));
    EACH_BAD("readv second", vector(SYS_readv, rewound(), x, 10, p, 10, y, 10));
    EACH_BAD("readv third", vector(SYS_readv, rewound(), x, 10, y, 10, p, 10));
    EACH_BAD("readv bad of length 0", vector(SYS_readv, rewound(), p, 0, y, 10, p, 0));
    EACH_BAD("readv negative", vector(SYS_readv, rewound(), x, 10, p, -1, y, 10));
    EACH_BAD("readv pipe second", vector(SYS_readv, pipe_with(30), x, 10, p, 10, y, 10));
    EACH_BAD("readv socket second", vector(SYS_readv, socket_with(30), x, 10, p, 10, y, 10));
    EACH_BAD("readv beyond what is there", vector(SYS_readv, pipe_with(15), x, 10, y, 10, p, 10));
    EACH_BAD("writev first", (pipe_with(0), vector(SYS_writev, ends[1], p, 10, x, 10, y, 10)));
    EACH_BAD("writev second", (pipe_with(0), vector(SYS_writev, ends[1], x, 10, p, 10, y, 10)));
    EACH_BAD("writev bad of length 0", (pipe_with(0), vector(SYS_writev, ends[1], p, 0, y, 10, p, 0)));
    EACH_BAD(
        "writev overflow", (pipe_with(0), vector(SYS_writev, ends[1], x, SSIZE_MAX, p, SSIZE_MAX, y, 10)));
    EACH_BAD("pwritev second", vector(SYS_pwritev, file, x, 10, p, 10, y, 10));
    EACH_BAD("preadv third", vector(SYS_preadv, file, x, 10, y, 10, p, 10));
    EACH_END("readv straddles", vector(SYS_readv, rewound(), x, 10, p, 50, y, 10), 0, 1, 49, 50);
    EACH_END(
        "writev straddles", (pipe_with(0), vector(SYS_writev, ends[1], x, 10, p, 50, y, 10)), 0, 1, 49, 50);
    EACH_END("readv socket straddles", vector(SYS_readv, socket_with(70), x, 10, p, 50, y, 10), 0, 1, 49, 50);
    // The array that is read into while it is read from: the kernel took it before.
    struct iovec own[4];
    for (int i = 0; i < 4; i++) { own[i] = (struct iovec){ (char *)own + 16 * i, 16 }; }
    SHOW(readv(rewound(), own, 4));
    say("over itself %d", memcmp(own, content, sizeof own) == 0);
    for (int i = 0; i < 4; i++) { own[i] = (struct iovec){ own, sizeof own }; }
    SHOW(readv(rewound(), own, 4));
    say("over itself again %d", memcmp(own, content + 192, sizeof own) == 0);
    for (int i = 0; i < 4; i++) { own[i] = (struct iovec){ own, sizeof own }; }
    pipe_with(0);
    SHOW(writev(ends[1], own, 4));
}

int main(void)
{
    bad_init();
    for (unsigned i = 0; i < sizeof content; i++) { content[i] = (char)(i * 7 + i / 256); }
    file = (int)MUST(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600));
    MUST(write(file, content, sizeof content));
    empty = (int)MUST(open("e", O_RDWR | O_CREAT | O_TRUNC, 0600));
    zero = (int)MUST(open("/dev/zero", O_RDWR));
    null = (int)MUST(open("/dev/null", O_RDWR));
    MUST(pipe(ends));
    MUST(fcntl(ends[1], F_SETFL, O_NONBLOCK));
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair));
    reads();
    writes();
    vectors();
    return 0;
}
