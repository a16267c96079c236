// SPDX-License-Identifier: Apache-2.0
// fanotify groups without end, all watching everything and never read, with queues that are said to have no limit; deleted
// files that only events hold; marks on very many files. All of it is bounded and comes back.
// @timeout 90
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS = 300, FILES = 700, MARKED = 20000 };

static int groups(int is_root, int round)
{
    char path[32];
    int count = 0, fds[GROUPS];
    unsigned flags = is_root ? round ? FAN_UNLIMITED_QUEUE | FAN_UNLIMITED_MARKS : FAN_REPORT_DFID_NAME | FAN_UNLIMITED_QUEUE
        : FAN_REPORT_FID;
    for (; count < GROUPS; count++) {
        fds[count] = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | flags, O_RDONLY);
        if (fds[count] < 0) { break; }
        uint64_t mask = FAN_OPEN | FAN_CLOSE | (round || !is_root ? 0 : FAN_CREATE | FAN_DELETE);
        if (fanotify_mark(fds[count], FAN_MARK_ADD | (is_root ? FAN_MARK_FILESYSTEM : 0), mask | FAN_EVENT_ON_CHILD,
                AT_FDCWD, ".") != 0) {
            return 10;
        }
    }
    if (count == GROUPS || count < 16 || errno != EMFILE) { return 11; }
    for (int i = 0; i < FILES; i++) {
        snprintf(path, sizeof path, "f%d", i);
        int fd = open(path, O_CREAT | O_RDWR, 0644);
        if (fd < 0 || write(fd, path, sizeof path) < 0 || close(fd) != 0 || unlink(path) != 0) { return 12; }
    }
    for (int i = 0; i < count; i++) { close(fds[i]); }
    return 0;
}

static int marks(void)
{
    char path[32];
    int fan = fanotify_init(FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_REPORT_FID, O_RDONLY);
    for (int i = 0; i < MARKED; i++) {
        snprintf(path, sizeof path, "m%d", i);
        int fd = open(path, O_CREAT | O_WRONLY, 0644);
        if (fd < 0 || fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN | FAN_DELETE_SELF, fd, NULL) != 0) { return 20; }
        close(fd);
    }
    for (int i = 0; i < MARKED; i += 2) {
        snprintf(path, sizeof path, "m%d", i);
        if (unlink(path) != 0) { return 21; }
    }
    close(fan);
    return 0;
}

int main(void)
{
    int is_root = geteuid() == 0;
    if (is_root && (mount("x", "/mnt", "tmpfs", 0, NULL) != 0 || chdir("/mnt") != 0)) { return 2; }
    if (!is_root && (mkdir("/tmp/fan", 0755) != 0 || chdir("/tmp/fan") != 0)) { return 3; }
    for (int round = 0; round < 4; round++) {
        int failed = groups(is_root, round % 2);
        if (failed) { return failed; }
    }
    return marks();
}
