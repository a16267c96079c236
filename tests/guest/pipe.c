// SPDX-License-Identifier: Apache-2.0
// pipe(2): reading, end of file, EPIPE and SIGPIPE, non-blocking, capacity, FIONREAD, flags, errors, poll
// state.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/ioctl.h>

static void on_pipe(int signal) { say("handler %s", sigabbrev_np(signal)); }

int main(void)
{
    int p[2], n;
    char block[70000];
    SHOW(pipe(p));
    SHOW(write(p[1], "hello", 5));
    SHOW(ioctl(p[0], FIONREAD, &n));
    say("FIONREAD %d", n);
    SHOW(read(p[0], block, 2));
    SHOW(read(p[0], block, 100));
    SHOW(write(p[0], "x", 1));
    SHOW(read(p[1], block, 1));
    SHOW(write(p[1], "x", 0));
    SHOW(lseek(p[0], 0, SEEK_SET));
    SHOW(pread(p[0], block, 1, 0));
    SHOW(pwrite(p[1], block, 1, 0));
    SHOW(fsync(p[0]));
    SHOW(ftruncate(p[1], 0));
    SHOW(syscall(SYS_write, p[1], BAD, 1));
    SHOW(write(p[1], "y", 1));
    SHOW(syscall(SYS_read, p[0], BAD, 1));
    SHOW(read(p[0], block, 1));
    SHOW(fcntl(p[1], F_GETPIPE_SZ));
    SHOW(fcntl(p[0], F_SETPIPE_SZ, 10000));
    SHOW(fcntl(p[0], F_GETPIPE_SZ));
    SHOW(fcntl(p[0], F_SETPIPE_SZ, 65536));
    SHOW(fcntl(p[0], F_GETFL));
    SHOW(fcntl(p[1], F_GETFL));
    SHOW(fcntl(p[0], F_GETFD));

    SHOW(fcntl(p[0], F_SETFL, O_NONBLOCK));
    SHOW(fcntl(p[1], F_SETFL, O_NONBLOCK));
    SHOW(read(p[0], block, 1));
    memset(block, 1, sizeof block);
    SHOW(write(p[1], block, 65536));
    SHOW(write(p[1], block, 1));
    SHOW(write(p[1], block, 70000));
    SHOW(read(p[0], block, 4095));
    SHOW(write(p[1], block, 4096));
    SHOW(read(p[0], block, 1));
    SHOW(write(p[1], block, 4096));
    SHOW(read(p[0], block, 70000));
    SHOW(write(p[1], block, 70000));
    SHOW(read(p[0], block, 70000));

    signal(SIGPIPE, on_pipe);
    SHOW(write(p[1], "last", 4));
    close(p[0]);
    SHOW(write(p[1], "x", 1));
    signal(SIGPIPE, SIG_IGN);
    SHOW(write(p[1], "x", 1));
    SHOW(write(p[1], "x", 0));
    CHILD("default SIGPIPE", signal(SIGPIPE, SIG_DFL); write(p[1], "x", 1); _exit(1));
    close(p[1]);
    SHOW(pipe(p));
    SHOW(write(p[1], "rest", 4));
    close(p[1]);
    SHOW(read(p[0], block, 10));
    SHOW(read(p[0], block, 10));
    close(p[0]);

    SHOW(syscall(SYS_pipe, BAD));
    SHOW(pipe2(p, 0x1234567));
    SHOW(pipe2(p, O_CLOEXEC | O_NONBLOCK));
    say("cloexec %d nonblock %d", fcntl(p[0], F_GETFD), (fcntl(p[1], F_GETFL) & O_NONBLOCK) != 0);
    SHOW(pipe2(p, O_DIRECT));
    SHOW(write(p[1], "one", 3));
    SHOW(write(p[1], "three", 5));
    SHOW(read(p[0], block, 100));
    SHOW(read(p[0], block, 2));
    struct stat s;
    SHOW(fstat(p[0], &s));
    say("mode %o size %ld", s.st_mode, (long)s.st_size);
    char path[64], link[64] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", p[0]);
    SHOW(readlink(path, link, 63) > 6);
    say("link %.6s", link);
    return 0;
}
