// SPDX-License-Identifier: Apache-2.0
// /dev: null, zero, full, random, urandom, fd, stdin and its kin, tty without a terminal, shm; their types
// and numbers.
#include "t.h"
#include <sys/sysmacros.h>

int main(void)
{
    const char *names[] = { "null", "zero", "full", "random", "urandom", "tty", "ptmx" };
    struct stat s;
    for (int i = 0; i < 7; i++) {
        char path[32];
        snprintf(path, sizeof path, "/dev/%s", names[i]);
        if (stat(path, &s) == -1) {
            say("%s: %s", path, err_name(errno));
            continue;
        }
        say("%s: type %o, %d:%d, all may write %d", path, s.st_mode & S_IFMT, major(s.st_rdev),
            minor(s.st_rdev), (s.st_mode & 0666) == 0666);
    }
    const char *links[] = { "fd", "stdin", "stdout", "stderr" };
    for (int i = 0; i < 4; i++) {
        char path[32], target[64] = "";
        snprintf(path, sizeof path, "/dev/%s", links[i]);
        readlink(path, target, sizeof target - 1);
        say("%s -> %s", path, target);
    }
    int p[2];
    char c = 0, path[32], block[100];
    MUST(pipe(p));
    snprintf(path, sizeof path, "/dev/fd/%d", p[1]);
    int again = (int)MUST(open(path, O_WRONLY));
    SHOW(write(again, "x", 1));
    SHOW(read(p[0], &c, 1));
    SHOW(open("/dev/fd/77", O_RDONLY));
    int zero = (int)MUST(open("/dev/zero", O_RDWR));
    memset(block, 1, sizeof block);
    SHOW(read(zero, block, 100));
    say("%d %d", block[0], block[99]);
    SHOW(write(zero, block, 100));
    SHOW(lseek(zero, 50, SEEK_SET));
    SHOW(pread(zero, block, 10, 1000));
    SHOW(syscall(SYS_read, zero, BAD, 10));
    int null = (int)MUST(open("/dev/null", O_RDWR));
    SHOW(lseek(null, 50, SEEK_SET));
    SHOW(ftruncate(null, 10));
    SHOW(syscall(SYS_write, null, BAD, 10));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, null, 0) == MAP_FAILED ? -1 : 0);
    struct pollfd polls[2] = { { null, POLLIN | POLLOUT, 0 }, { zero, POLLIN | POLLOUT, 0 } };
    SHOW(poll(polls, 2, 0));
    say("%x %x", polls[0].revents, polls[1].revents);
    int full = (int)MUST(open("/dev/full", O_RDWR));
    SHOW(write(full, block, 10));
    SHOW(write(full, block, 0));
    int urandom = (int)MUST(open("/dev/urandom", O_RDWR));
    char other[100];
    SHOW(read(urandom, block, 100));
    SHOW(read(urandom, other, 100));
    say("differ %d", memcmp(block, other, 100) != 0);
    SHOW(write(urandom, "seed", 4));
    SHOW(open("/dev/null", O_RDONLY | O_DIRECTORY));
    SHOW(open("/dev/null/x", O_RDONLY));
    OK(open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0600));
    CHILD("no terminal in a new session", setsid(); SHOW(open("/dev/tty", O_RDWR)));
    SHOW(open("/dev/no-such-device", O_RDONLY));
    return 0;
}
