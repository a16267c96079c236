// SPDX-License-Identifier: Apache-2.0
// A hundred thousand record locks, many who wait, and readers of /proc/locks and fdinfo while all of that changes: listings
// end, hold nobody up for long, and are whole lines.
// @timeout 120
#define _GNU_SOURCE
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FILES = 100, LOCKS = 1000, WAITERS = 60, ROUNDS = 3 };

static int lock(int fd, int command, int type, long start, long length)
{
    struct flock wanted = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    return fcntl(fd, command, &wanted);
}

// How many lines there are; -1 for one that is none.
static int lines(const char *path, size_t piece)
{
    static char buffer[1 << 20];
    int fd = open(path, O_RDONLY), count = 0, fields = 0, in_field = 0;
    ssize_t n;
    if (fd < 0) { return -1; }
    while ((n = read(fd, buffer, piece)) > 0) {
        for (ssize_t i = 0; i < n; i++) {
            if (buffer[i] == '\n') {
                if (fields < 2) { return -1; }
                count++;
                fields = 0;
            }
            int space = buffer[i] == ' ' || buffer[i] == '\n' || buffer[i] == '\t';
            fields += !space && !in_field;
            in_field = !space;
        }
    }
    close(fd);
    return n == 0 ? count : -1;
}

int main(void)
{
    char path[64];
    int fds[FILES];
    if (chdir("/tmp") != 0) { return 2; }
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "locked%d", i);
        fds[i] = open(path, O_RDWR | O_CREAT, 0600);
        if (fds[i] < 0) { return 3; }
        for (int j = 0; j < LOCKS; j++) {
            if (lock(fds[i], F_SETLK, F_WRLCK, j * 2, 1) != 0) { return 4; }
        }
    }
    pid_t pids[WAITERS + 1];
    for (int i = 0; i < WAITERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) { lock(fds[0], F_SETLKW, F_WRLCK, 0, 1); pause(); }
    }
    pids[WAITERS] = fork();
    if (pids[WAITERS] == 0) {
        for (;;) {
            lock(fds[FILES - 1], F_SETLK, F_WRLCK, 5000, 1);
            lock(fds[FILES - 1], F_SETLK, F_UNLCK, 5000, 1);
            int fd = open("extra", O_RDWR | O_CREAT, 0600);
            flock(fd, LOCK_EX);
            close(fd);
        }
    }
    int failed = 0;
    for (int round = 0; round < ROUNDS && !failed; round++) {
        int count = lines("/proc/locks", round == 0 ? 1 << 16 : round == 1 ? 4096 : 999);
        failed = count < FILES * LOCKS ? 5 : 0;
    }
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fds[1]);
    failed = failed ? failed : lines(path, 1 << 16) < LOCKS ? 6 : 0;
    for (int i = 0; i <= WAITERS; i++) {
        kill(pids[i], SIGKILL);
        waitpid(pids[i], NULL, 0);
    }
    for (int i = 0; i < FILES; i++) { close(fds[i]); }
    int left = lines("/proc/locks", 4096);
    return failed ? failed : left >= 0 && left < LOCKS ? 0 : 7;
}
