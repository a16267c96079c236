// SPDX-License-Identifier: Apache-2.0
// Listeners of fanotify that are asked and never answer, answer nonsense, wait for themselves or die: who opens what they
// marked waits and can be killed, everybody else goes on, and all of it ends.
// @timeout 120
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 40, OPENERS = 30, ANSWERS = 20000 };

static int listen_to(const char *path, uint64_t mask)
{
    int fan = fanotify_init(FAN_CLASS_CONTENT | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY);
    return fan >= 0 && fanotify_mark(fan, FAN_MARK_ADD, mask, AT_FDCWD, path) == 0 ? fan : -1;
}

// Reads (or not) what many ask, answers nobody; all are killed.
static int silent(int fan, int reads)
{
    pid_t pids[OPENERS];
    struct fanotify_event_metadata event;
    for (int i = 0; i < OPENERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) { _exit(open("file", O_RDONLY) >= 0 ? 0 : errno); }
    }
    for (int i = 0; reads && i < OPENERS; i++) {
        while (read(fan, &event, sizeof event) != sizeof event) { usleep(500); }
        close(event.fd);
    }
    // Others are not concerned.
    int other = open("other", O_RDWR | O_CREAT, 0600);
    if (other < 0 || write(other, "x", 1) != 1 || close(other) != 0) { return 10; }
    int status;
    for (int i = 0; i < OPENERS; i++) {
        kill(pids[i], SIGKILL);
        if (waitpid(pids[i], &status, 0) != pids[i]) { return 11; }
        if (!WIFSIGNALED(status)) { return 12; }
    }
    return 0;
}

// Answers that are none, while somebody waits.
static int nonsense(int fan)
{
    pid_t pid = fork();
    if (pid == 0) {
        // The group ends with its last descriptor.
        close(fan);
        _exit(open("file", O_RDONLY) >= 0 ? 0 : errno);
    }
    uint32_t room[8];
    srandom(7);
    for (int i = 0; i < ANSWERS; i++) {
        for (int j = 0; j < 8; j++) { room[j] = (uint32_t)random() << (random() % 24); }
        // No descriptor that the event could have.
        room[0] |= 0x40000000;
        if (write(fan, room, (size_t)random() % sizeof room) >= 0) { return 20; }
    }
    close(fan);
    int status;
    waitpid(pid, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : 21;
}

// Everything in a file system is asked about, by a listener that reads and dies.
static int dying(void)
{
    for (int round = 0; round < 20; round++) {
        int ends[2];
        char c;
        if (pipe(ends) != 0) { return 30; }
        pid_t listener = fork();
        if (listener == 0) {
            int fan = fanotify_init(FAN_CLASS_PRE_CONTENT | FAN_UNLIMITED_QUEUE, O_RDONLY);
            if (fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_PERM | FAN_ACCESS_PERM | FAN_ONDIR,
                    AT_FDCWD, ".") != 0) {
                _exit(1);
            }
            if (write(ends[1], "x", 1) != 1) { _exit(1); }
            struct fanotify_event_metadata event;
            for (int i = 0; i < round; i++) {
                if (read(fan, &event, sizeof event) != sizeof event) { _exit(1); }
                struct fanotify_response answer = {event.fd, FAN_ALLOW};
                if (write(fan, &answer, sizeof answer) != sizeof answer) { _exit(1); }
                close(event.fd);
            }
            // It asks itself.
            open("file", O_RDONLY);
            _exit(0);
        }
        if (read(ends[0], &c, 1) != 1) { return 31; }
        pid_t opener = fork();
        if (opener == 0) {
            for (int i = 0; i < 50; i++) {
                int fd = open("file", O_RDONLY);
                if (fd < 0 || read(fd, &c, 1) != 1) { _exit(1); }
                close(fd);
            }
            _exit(0);
        }
        usleep(2000);
        int status;
        kill(listener, SIGKILL);
        if (waitpid(listener, &status, 0) != listener) { return 32; }
        if (waitpid(opener, &status, 0) != opener || status != 0) { return 33; }
        close(ends[0]);
        close(ends[1]);
    }
    return 0;
}

int main(void)
{
    if (geteuid() != 0) {
        return fanotify_init(FAN_CLASS_CONTENT, O_RDONLY) == -1 && errno == EPERM ? 0 : 1;
    }
    if (mount("x", "/mnt", "tmpfs", 0, NULL) != 0 || chdir("/mnt") != 0) { return 2; }
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    if (fd < 0 || write(fd, "content", 7) != 7) { return 3; }
    close(fd);
    int fan = listen_to("file", FAN_OPEN_PERM);
    if (fan < 0) { return 4; }
    for (int round = 0; round < ROUNDS; round++) {
        int failed = silent(fan, round % 4 != 0);
        if (failed) { return failed; }
    }
    int failed = nonsense(fan);
    return failed ? failed : dying();
}
