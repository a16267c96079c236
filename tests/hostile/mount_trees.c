// SPDX-License-Identifier: Apache-2.0
// Mounts that only descriptors hold: copies of copies of a tree, and trees whose file is closed while something below them
// is open. All of them together are bounded, and come back.
// @timeout 120
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLONE = 1, RECURSIVE = 0x8000, EMPTY = 0x1000, SIZE = 2000, ROUNDS = 400, CONTEXTS = 900 };

static int tree(void) { return (int)syscall(428, AT_FDCWD, "/mnt", CLONE | RECURSIVE); }

// Trees until there is no room: in files, or taken apart with one place below open.
static int fill(int apart)
{
    int fds[ROUNDS], made = 0;
    while (made < ROUNDS) {
        int fd = tree();
        if (fd < 0) { break; }
        fds[made] = apart ? openat(fd, "0", O_PATH) : fd;
        if (fds[made] < 0) { return 20; }
        if (apart) { close(fd); }
        made++;
    }
    int error = errno;
    fprintf(stderr, "%s: %d trees, errno %d\n", apart ? "apart" : "whole", made, error);
    for (int i = 0; i < made; i++) { close(fds[i]); }
    return made == ROUNDS ? 21 : error == ENOSPC ? 0 : 22;
}

static int attack(void)
{
    char path[32];
    struct rlimit limit = {4096, 4096};
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL) != 0) { return 2; }
    if (mount("x", "/mnt", "tmpfs", 0, NULL) != 0) { return 3; }
    for (int i = 0; i < SIZE; i++) {
        snprintf(path, sizeof path, "/mnt/%d", i);
        if (mkdir(path, 0755) != 0 || mount("/mnt", path, NULL, MS_BIND, NULL) != 0) { return 4; }
    }
    for (int round = 0; round < 2; round++) {
        for (int apart = 0; apart < 2; apart++) {
            int status = fill(apart);
            if (status != 0) { return status + 10 * apart; }
            // What was held comes back, sooner or later.
            int fd = -1;
            for (int i = 0; i < 30 && fd < 0; i++) {
                fd = tree();
                if (fd < 0) { usleep(300000); }
            }
            if (fd < 0) { return 50 + apart; }
            close(fd);
        }
    }
    // Contexts with all that they keep: a source, and a log that nobody reads.
    static char key[256];
    for (int i = 0; i < 255; i++) { key[i] = 'k'; }
    for (int i = 0; i < CONTEXTS; i++) {
        int fs = (int)syscall(430, "tmpfs", 0);
        if (fs < 0) { return 6; }
        if (syscall(431, fs, 1, "source", key, 0) != 0) { return 7; }
        for (int n = 0; n < 20; n++) { (void)syscall(431, fs, 0, key, NULL, 0); }
        if (syscall(431, fs, 6, NULL, NULL, 0) != 0 || syscall(432, fs, 0, 0) < 0) { return 8; }
    }
    return 0;
}

int main(void)
{
    pid_t pid = fork();
    if (pid == 0) { _exit(attack()); }
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}
