// SPDX-License-Identifier: Apache-2.0
// flock(2) and fcntl(2) record locks, POSIX and open-file-description: conflicts, splitting, who holds,
// release by close, deadlock.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/file.h>

static long lock(int fd, int command, int type, long start, long length)
{
    struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    return fcntl(fd, command, &l);
}

static void who(int fd, long start, long length)
{
    struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
    long r = fcntl(fd, F_GETLK, &l);
    if (l.l_type == F_UNLCK) {
        say("  %ld+%ld free (%ld)", start, length, r);
    } else {
        say("  %ld+%ld type %d from %ld for %ld by parent %d", start, length, l.l_type, (long)l.l_start,
            (long)l.l_len, l.l_pid == getppid());
    }
}

int main(void)
{
    int a = (int)MUST(open("f", O_RDWR | O_CREAT, 0600)), b = (int)MUST(open("f", O_RDWR)), status;
    SHOW(flock(a, LOCK_EX));
    SHOW(flock(b, LOCK_EX | LOCK_NB));
    SHOW(flock(b, LOCK_SH | LOCK_NB));
    SHOW(flock(a, LOCK_SH));
    SHOW(flock(b, LOCK_SH | LOCK_NB));
    SHOW(flock(a, LOCK_EX | LOCK_NB));
    SHOW(flock(b, LOCK_UN));
    SHOW(flock(a, LOCK_EX | LOCK_NB));
    int twin = dup(a);
    SHOW(flock(twin, LOCK_EX | LOCK_NB));
    close(a);
    SHOW(flock(b, LOCK_EX | LOCK_NB));
    CHILD("inherited", SHOW(flock(twin, LOCK_UN)));
    SHOW(flock(b, LOCK_EX | LOCK_NB));
    SHOW(flock(b, LOCK_UN));
    SHOW(flock(99, LOCK_EX));
    SHOW(flock(b, 77));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        int c = (int)MUST(open("f", O_RDWR));
        MUST(flock(c, LOCK_EX));
        sleep_ms(80);
        _exit(0);
    }
    sleep_ms(40);
    SHOW(flock(b, LOCK_EX | LOCK_NB));
    SHOW(flock(b, LOCK_EX));
    MUST(waitpid(child, &status, 0));
    SHOW(flock(b, LOCK_UN));

    say("record locks");
    a = (int)MUST(open("f", O_RDWR));
    SHOW(lock(a, F_SETLK, F_WRLCK, 10, 10));
    SHOW(lock(b, F_SETLK, F_WRLCK, 10, 10));
    SHOW(lock(a, F_SETLK, F_RDLCK, 30, 10));
    SHOW(lock(a, F_SETLK, F_WRLCK, 100, 0));
    CHILD("another process", {
        int c = (int)MUST(open("f", O_RDWR));
        who(c, 0, 10);
        who(c, 0, 0);
        who(c, 15, 1);
        who(c, 30, 5);
        who(c, 50, 10);
        who(c, 1000, 1);
        SHOW(lock(c, F_SETLK, F_WRLCK, 15, 1));
        SHOW(lock(c, F_SETLK, F_RDLCK, 15, 1));
        SHOW(lock(c, F_SETLK, F_RDLCK, 35, 1));
        SHOW(lock(c, F_SETLK, F_WRLCK, 35, 1));
        SHOW(lock(c, F_SETLK, F_WRLCK, 20, 10));
    });
    SHOW(lock(a, F_SETLK, F_UNLCK, 13, 3));
    CHILD("after a split", {
        int c = (int)MUST(open("f", O_RDWR));
        who(c, 10, 3);
        who(c, 13, 3);
        who(c, 16, 4);
        who(c, 0, 30);
    });
    SHOW(lock(a, F_SETLK, F_WRLCK, 13, 3));
    CHILD("merged", {
        int c = (int)MUST(open("f", O_RDWR));
        who(c, 0, 30);
    });
    int d = (int)MUST(open("f", O_RDONLY));
    SHOW(lock(d, F_SETLK, F_WRLCK, 500, 1));
    close(d);
    CHILD("any close drops them all", {
        int c = (int)MUST(open("f", O_RDWR));
        who(c, 0, 0);
    });
    SHOW(lock(a, F_SETLK, 99, 0, 1));
    SHOW(lock(a, F_SETLK, F_WRLCK, -5, 1));
    SHOW(lock(99, F_SETLK, F_WRLCK, 0, 1));
    SHOW(fcntl(a, F_SETLK, BAD));
    int reader = (int)MUST(open("f", O_RDONLY)), writer = (int)MUST(open("f", O_WRONLY));
    SHOW(lock(reader, F_SETLK, F_WRLCK, 0, 1));
    SHOW(lock(writer, F_SETLK, F_RDLCK, 0, 1));
    SHOW(lock(a, F_SETLKW, F_WRLCK, 0, 1));
    int p[2];
    MUST(pipe(p));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        MUST(lock(a, F_SETLK, F_WRLCK, 1, 1));
        MUST(write(p[1], "x", 1));
        long r = lock(a, F_SETLKW, F_WRLCK, 0, 1);
        _exit(r == 0 ? 0 : errno);
    }
    char c;
    MUST(read(p[0], &c, 1));
    sleep_ms(60);
    SHOW(lock(a, F_SETLKW, F_WRLCK, 1, 1));
    SHOW(lock(a, F_SETLK, F_UNLCK, 0, 0));
    MUST(waitpid(child, &status, 0));
    say_status("waiter", status);

    say("open file description locks");
    SHOW(lock(a, F_OFD_SETLK, F_WRLCK, 0, 10));
    SHOW(lock(b, F_OFD_SETLK, F_WRLCK, 5, 10));
    SHOW(lock(b, F_SETLK, F_WRLCK, 5, 10));
    CHILD("shared with the child", SHOW(lock(a, F_OFD_SETLK, F_UNLCK, 0, 10)));
    SHOW(lock(b, F_OFD_SETLK, F_WRLCK, 5, 10));
    close(b);
    SHOW(lock(a, F_OFD_SETLK, F_WRLCK, 5, 10));
    return 0;
}
