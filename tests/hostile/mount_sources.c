// SPDX-License-Identifier: Apache-2.0
// Text that a guest makes the kernel keep: long sources of very many mounts, and lists of mounts begun and never read to
// their end. Both are refused in time, and come back when the mounts are gone.
// @timeout 60
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOUNTS = 12000, PLACES = 100, OPENS = 60 };

static char source[4096];
static char line[1 << 16];

// Mounts until refused: 1 when that was for want of memory.
static int fill(int *made)
{
    char path[32];
    for (*made = 0; *made < MOUNTS; ++*made) {
        snprintf(path, sizeof path, "%d", *made % PLACES);
        if (mount(source, path, "tmpfs", 0, NULL) != 0) { return errno == ENOMEM; }
    }
    return 0;
}

static int attack(void)
{
    char path[32];
    int made, status;
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) != 0) { return 2; }
    if (mount("x", "/mnt", "tmpfs", 0, NULL) != 0 || chdir("/mnt") != 0) { return 3; }
    for (int i = 0; i < PLACES; i++) {
        snprintf(path, sizeof path, "%d", i);
        if (mkdir(path, 0755) != 0) { return 4; }
    }
    // Lists of more than a megabyte, each begun.
    for (int i = 0; i < PLACES; i++) {
        snprintf(path, sizeof path, "%d", i);
        if (mount(source, path, "tmpfs", 0, NULL) != 0) { return 5; }
    }
    for (int n = 0; n < 2; n++) {
        if (fork() == 0) {
            for (int i = 0; i < OPENS; i++) {
                int fd = open(i % 2 ? "/proc/self/mounts" : "/proc/self/mountinfo", O_RDONLY);
                if (fd < 0 || read(fd, line, 10) != 10 || read(fd, line, 10) != 10) { _exit(1); }
            }
            _exit(0);
        }
    }
    for (int n = 0; n < 2; n++) {
        if (wait(&status) < 0 || status != 0) { return 6; }
    }
    if (!fill(&made)) { return 7; }
    fprintf(stderr, "mounts %d\n", made);
    // More than one list may have.
    int fd = open("/proc/self/mountstats", O_RDONLY);
    ssize_t n = 1;
    while (n > 0) { n = read(fd, line, sizeof line); }
    if (n == 0 || errno != ENOMEM) { return 8; }
    close(fd);
    if (chdir("/") != 0 || umount2("/mnt", MNT_DETACH) != 0) { return 9; }
    for (int i = 0; i < 20; i++) {
        usleep(300000);
        if (mount(source, "/mnt", "tmpfs", 0, NULL) == 0) { return 0; }
    }
    return 10;
}

int main(void)
{
    memset(source, '\\', sizeof source - 1);
    for (int round = 0; round < 2; round++) {
        pid_t pid = fork();
        if (pid == 0) { _exit(attack()); }
        int status;
        waitpid(pid, &status, 0);
        if (status != 0) { return WIFEXITED(status) ? WEXITSTATUS(status) : 99; }
    }
    return 0;
}
