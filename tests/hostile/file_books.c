// SPDX-License-Identifier: Apache-2.0
// What the kernel remembers of files for a guest: handles by the ten thousand and made-up ones, leases that nobody gives up
// (their holders lose them after lease-break-time, who waits can be killed), the largest ACLs, attributes of the host's files.
// @timeout 90
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

enum { FILES = 20000, WAITERS = 40, GUESSES = 20000 };

static int is_root;

typedef struct { unsigned bytes; int type; unsigned char data[128]; } Handle;

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    close(fd);
    return n < 0 ? -1 : 0;
}

static int handles(void)
{
    char path[32];
    Handle last = {.bytes = 128}, guess;
    int id, place = open(".", O_RDONLY);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < FILES; i++) {
            snprintf(path, sizeof path, "h%d", i);
            int fd = open(path, O_CREAT | O_WRONLY, 0644);
            if (fd < 0) { return 10; }
            close(fd);
            last.bytes = 128;
            if (syscall(SYS_name_to_handle_at, AT_FDCWD, path, &last, &id, 0) != 0) { return 11; }
        }
        for (int i = 0; i < FILES; i++) {
            snprintf(path, sizeof path, "h%d", i);
            if (unlink(path) != 0) { return 12; }
        }
        if (syscall(SYS_open_by_handle_at, place, &last, O_RDONLY) != -1) { return 13; }
    }
    srand(1);
    for (int i = 0; i < GUESSES; i++) {
        guess = last;
        guess.bytes = (unsigned)rand() % 140;
        guess.type = rand() % 3 ? 1 : rand();
        for (int k = 0; k < 12; k++) { guess.data[k] = rand() % 2 ? (unsigned char)rand() : 0; }
        long fd = syscall(SYS_open_by_handle_at, place, &guess, rand());
        if (fd >= 0) { return 14; }
    }
    close(place);
    return 0;
}

// Two seconds must be enough for what one second of lease-break-time ends.
static int leases(void)
{
    struct timespec begun, now;
    if (is_root && put("/proc/sys/fs/lease-break-time", "1") != 0) { return 20; }
    int fd = open("leased", O_CREAT | O_RDONLY, 0644), status;
    signal(SIGIO, SIG_IGN);
    if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) != 0) { return 21; }
    pid_t waiters[WAITERS];
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = fork();
        if (waiters[i] == 0) {
            close(fd);
            _exit(open("leased", i % 2 ? O_RDONLY : O_RDWR) < 0);
        }
    }
    if (!is_root) {
        // 45 seconds: they are killed instead.
        usleep(200000);
        for (int i = 0; i < WAITERS; i++) { kill(waiters[i], SIGKILL); }
    }
    clock_gettime(CLOCK_MONOTONIC, &begun);
    for (int i = 0; i < WAITERS; i++) {
        if (waitpid(waiters[i], &status, 0) < 0) { return 22; }
        if (is_root && status != 0) { return 23; }
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - begun.tv_sec > 10) { return 24; }
    if (is_root && fcntl(fd, F_GETLEASE) != F_UNLCK) { return 25; }
    close(fd);
    // Who holds it waits for itself, and is killed.
    fd = open("leased", O_RDONLY);
    if (fcntl(fd, F_SETLEASE, F_RDLCK) != 0) { return 26; }
    pid_t child = fork();
    if (child == 0) { _exit(open("leased", O_WRONLY) < 0); }
    usleep(100000);
    kill(child, SIGKILL);
    return waitpid(child, &status, 0) < 0 ? 27 : 0;
}

// The largest ACL that is taken, everywhere; one that Linux would take and no bound here may let through.
static int acls(void)
{
    static struct { uint32_t version; struct { uint16_t tag, perm; uint32_t id; } entries[8190]; } acl = {.version = 2};
    char path[32];
    size_t size = 0;
    for (int last = 8189; last > 0; last = last == 8189 ? 127 : 0) {
        for (int i = 0; i <= last; i++) {
            acl.entries[i].tag = i == 0 ? 1 : i < last - 2 ? 2 : i == last - 2 ? 4 : i == last - 1 ? 0x10 : 0x20;
            acl.entries[i].perm = 7;
            acl.entries[i].id = 0;
        }
        size = 4 + 8 * (size_t)(last + 1);
        if (last > 127 && setxattr(".", "system.posix_acl_access", &acl, size, 0) == 0) { return 34; }
    }
    for (int i = 0; i < 100; i++) {
        snprintf(path, sizeof path, "a%d", i);
        if (mkdir(path, 0755) != 0) { return 30; }
        if (setxattr(path, "system.posix_acl_default", &acl, size, 0) != 0) { return 31; }
        if (setxattr(path, "system.posix_acl_access", &acl, size, 0) != 0) { return 32; }
        snprintf(path, sizeof path, "a%d/sub", i);
        if (mkdir(path, 0755) != 0 || chmod(path, 0711) != 0) { return 33; }
    }
    return 0;
}

int main(void)
{
    is_root = geteuid() == 0;
    if (!is_root) {
        char line[64];
        uid_t uid = geteuid();
        if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) { return 2; }
        snprintf(line, sizeof line, "0 %d 1", uid);
        if (put("/proc/self/uid_map", line) != 0) { return 3; }
    }
    if (mount("x", "/mnt", "tmpfs", 0, NULL) != 0 || chdir("/mnt") != 0) { return 4; }
    int failed = handles();
    failed = failed ? failed : acls();
    failed = failed ? failed : leases();
    return failed;
}
