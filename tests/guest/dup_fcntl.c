// SPDX-License-Identifier: Apache-2.0
// dup(2), dup2, dup3, fcntl(2) on descriptors and status flags, lowest descriptor first, close_range(2),
// EMFILE, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <linux/close_range.h>

static int open_count(int from, int to)
{
    int n = 0;
    for (int fd = from; fd <= to; fd++) { n += fcntl(fd, F_GETFD) != -1; }
    return n;
}

int main(void)
{
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600));
    for (int i = 3; i < 20; i++) {
        if (i != fd) { close(i); }
    }
    MUST(dup2(fd, 10));
    if (fd != 10) { close(fd); }
    SHOW(dup(10));
    SHOW(dup(10));
    SHOW(close(3));
    SHOW(dup(10));
    SHOW(dup2(10, 10));
    SHOW(dup2(10, 15));
    SHOW(dup2(99, 15));
    SHOW(dup2(99, 99));
    SHOW(dup2(10, -1));
    SHOW(dup2(10, 1 << 30));
    SHOW(dup3(10, 10, 0));
    SHOW(dup3(10, 16, O_CLOEXEC));
    SHOW(fcntl(16, F_GETFD));
    SHOW(dup3(10, 16, O_RDWR));
    SHOW(dup(-1));
    SHOW(dup(99));
    SHOW(fcntl(10, F_DUPFD, 12));
    SHOW(fcntl(10, F_DUPFD, 12));
    SHOW(fcntl(10, F_DUPFD_CLOEXEC, 5));
    SHOW(fcntl(5, F_GETFD));
    SHOW(fcntl(10, F_DUPFD, -1));
    SHOW(fcntl(10, F_DUPFD, 1 << 30));
    SHOW(fcntl(99, F_DUPFD, 1));
    SHOW(fcntl(10, F_SETFD, FD_CLOEXEC));
    SHOW(fcntl(10, F_GETFD));
    SHOW(fcntl(11 + 1, F_GETFD));
    SHOW(fcntl(10, F_SETFD, 0xff0));
    SHOW(fcntl(10, F_GETFD));
    SHOW(fcntl(10, 9999, 0));
    SHOW(fcntl(-1, F_GETFD));
    say("flags %o", fcntl(10, F_GETFL) & ~0100000);
    SHOW(fcntl(10, F_SETFL, O_NONBLOCK));
    say("shared by duplicates %o", fcntl(15, F_GETFL) & ~0100000);
    SHOW(fcntl(10, F_SETFL, O_RDONLY | O_TRUNC | O_CREAT | O_EXCL));
    say("only some can change %o", fcntl(10, F_GETFL) & ~0100000);
    SHOW(write(10, "abc", 3));
    SHOW(lseek(15, 0, SEEK_CUR));
    SHOW(close(-1));
    SHOW(close(99));
    SHOW(close(15));
    SHOW(close(15));

    for (int i = 20; i < 60; i++) { MUST(dup2(10, i)); }
    SHOW(close_range(30, 39, 0));
    say("open %d %d %d", open_count(20, 29), open_count(30, 39), open_count(40, 59));
    SHOW(close_range(50, ~0U, CLOSE_RANGE_CLOEXEC));
    say("cloexec %d %d", fcntl(49, F_GETFD), fcntl(50, F_GETFD));
    SHOW(close_range(40, 30, 0));
    SHOW(close_range(40, 50, 64));
    SHOW(close_range(100, ~0U, 0));
    SHOW(close_range(20, ~0U, CLOSE_RANGE_UNSHARE));
    say("open %d", open_count(20, 100));

    struct rlimit limit = { 25, 25 };
    CHILD("RLIMIT_NOFILE", {
        MUST(setrlimit(RLIMIT_NOFILE, &limit));
        int last = 0, next;
        while ((next = dup(10)) != -1) { last = next; }
        say("last %d, then %s", last, err_name(errno));
        SHOW(open("file", O_RDONLY));
        SHOW(dup2(10, 25));
        SHOW(dup2(10, 24));
        SHOW(fcntl(10, F_DUPFD, 25));
        int p[2];
        SHOW(pipe(p));
    });
    return 0;
}
