// SPDX-License-Identifier: Apache-2.0
// Namespaces made, entered, changed and ended by many processes at once, with ids, mounts and numbers at random.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static unsigned seed;

static unsigned next(unsigned below)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 16) % below;
}

static void put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0) { errno = 0; }
        close(fd);
    }
}

static void one_step(const char *directory)
{
    static const int flags[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNET,
        CLONE_NEWCGROUP, CLONE_FS, CLONE_NEWUSER | CLONE_NEWNS, CLONE_NEWUSER | CLONE_NEWPID};
    static const unsigned long types[] = {MS_SHARED, MS_PRIVATE, MS_SLAVE, MS_UNBINDABLE};
    static const char *const names[] = {"user", "mnt", "pid", "uts", "ipc", "net", "cgroup", "pid_for_children"};
    char path[128], text[64];
    int status;
    switch (next(14)) {
    case 0 ... 2:
        unshare(flags[next(10)]);
        break;
    case 3:
        snprintf(text, sizeof text, "%u %u %u", next(3), next(3), 1 + next(2));
        put(next(2) ? "/proc/self/uid_map" : "/proc/self/gid_map", text);
        put("/proc/self/setgroups", next(2) ? "deny" : "allow");
        break;
    case 4:
        mount("x", directory, next(3) ? "tmpfs" : "proc", 0, NULL);
        break;
    case 5:
        mount(NULL, next(2) ? "/" : directory, NULL, types[next(4)] | (next(2) ? MS_REC : 0), NULL);
        break;
    case 6:
        mount(next(2) ? "/" : directory, directory, NULL, MS_BIND | (next(8) ? 0 : MS_REC), NULL);
        break;
    case 7:
        umount2(directory, next(2) ? MNT_DETACH : 0);
        break;
    case 8:
        syscall(SYS_pivot_root, directory, directory);
        break;
    case 9: {
        snprintf(path, sizeof path, "/proc/%u/ns/%s", 1 + next(40), names[next(8)]);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd >= 0) {
            setns(fd, 0);
            close(fd);
        }
        break;
    }
    case 10:
        kill((pid_t)(2 + next(60)), next(2) ? SIGKILL : SIGUSR1);
        break;
    case 11:
        mount(directory, "/mnt", NULL, MS_MOVE, NULL);
        break;
    case 12:
        if (fork() == 0) {
            if (next(2)) { fork(); }
            usleep(next(2000));
            _exit(0);
        }
        break;
    default:
        waitpid(-1, &status, WNOHANG);
        break;
    }
}

int main(int count, char **arguments)
{
    int seconds = count > 1 ? atoi(arguments[1]) : 5;
    char directory[] = "/tmp/storm.XXXXXX";
    if (!mkdtemp(directory)) { return 1; }
    signal(SIGUSR1, SIG_IGN);
    // What happens outside of these is nobody's business here.
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) != 0) { return 2; }
    pid_t first = fork();
    if (first != 0) {
        waitpid(first, NULL, 0);
        return 0;
    }
    time_t end = time(NULL) + seconds;
    unsigned round = 0;
    while (time(NULL) < end) {
        pid_t pids[8];
        for (int i = 0; i < 8; i++) {
            round++;
            pids[i] = fork();
            if (pids[i] == 0) {
                seed = round * 2654435761u + (unsigned)i;
                alarm(5);
                for (int n = 0; n < 200; n++) { one_step(directory); }
                _exit(0);
            }
        }
        for (int i = 0; i < 8; i++) {
            if (pids[i] > 0) { waitpid(pids[i], NULL, 0); }
        }
    }
    printf("rounds %d\n", round > 0);
    return 0;
}
