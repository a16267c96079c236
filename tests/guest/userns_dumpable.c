// SPDX-License-Identifier: Apache-2.0
// Who enters a user namespace that somebody else made stops being dumpable: root in there has no way into a process that
// came from outside with more (setns(2), prctl(2) PR_SET_DUMPABLE, ptrace(2)).
#include "t.h"
#include <sys/prctl.h>
#include <sys/ptrace.h>

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    close(fd);
    return n < 0 ? -1 : 0;
}

static void state(const char *what)
{
    int signal = -1;
    prctl(PR_GET_PDEATHSIG, &signal);
    say("%s: dumpable %d, death signal %d", what, prctl(PR_GET_DUMPABLE), signal);
}

static void prepare(void)
{
    MUST(prctl(PR_SET_DUMPABLE, 1));
    MUST(prctl(PR_SET_PDEATHSIG, SIGUSR1));
}

// A process that made `levels` namespaces, each in the one before, and then tries to trace who joins.
static pid_t start(uid_t uid, int levels, int *go)
{
    int ready[2], ask[2];
    char byte;
    MUST(pipe(ready));
    MUST(pipe(ask));
    pid_t pid = fork();
    if (pid == 0) {
        close(ask[1]);
        if (uid != geteuid()) { MUST(setresuid(uid, uid, uid)); }
        prctl(PR_SET_DUMPABLE, 1);
        gid_t gid = getegid();
        for (int i = 0; i < levels; i++) {
            MUST(unshare(CLONE_NEWUSER));
            char line[64];
            snprintf(line, sizeof line, "0 %d 1", i == 0 ? (int)uid : 0);
            MUST(put("/proc/self/uid_map", line));
            MUST(put("/proc/self/setgroups", "deny"));
            snprintf(line, sizeof line, "0 %d 1", i == 0 ? (int)gid : 0);
            MUST(put("/proc/self/gid_map", line));
        }
        MUST(write(ready[1], "", 1));
        pid_t other;
        while (read(ask[0], &other, sizeof other) == sizeof other) {
            long result = ptrace(PTRACE_SEIZE, other, 0, 0);
            say("traced from inside: %s", result == 0 ? "yes" : err_name(errno));
            if (result == 0) {
                ptrace(PTRACE_INTERRUPT, other, 0, 0);
                waitpid(other, NULL, __WALL);
                ptrace(PTRACE_DETACH, other, 0, 0);
            }
            MUST(write(ready[1], "", 1));
        }
        _exit(0);
    }
    close(ask[0]);
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) { _exit(97); }
    go[0] = ready[0];
    go[1] = ask[1];
    return pid;
}

static void join(uid_t owner, int levels, uid_t joiner)
{
    int go[2];
    char path[64], byte;
    say("-- owner %s, level %d, joined by %s", owner == geteuid() ? "self" : "other", levels,
        joiner == geteuid() ? "self" : "other");
    pid_t maker = start(owner, levels, go);
    snprintf(path, sizeof path, "/proc/%d/ns/user", maker);
    int fd = open(path, O_RDONLY);
    say("open %s", fd >= 0 ? "ok" : err_name(errno));
    CHILD("join", {
        if (joiner != geteuid()) { MUST(setresuid(joiner, joiner, joiner)); }
        prepare();
        state("before");
        SHOW(setns(fd, CLONE_NEWUSER));
        state("after");
        pid_t self = getpid();
        MUST(write(go[1], &self, sizeof self));
        MUST(read(go[0], &byte, 1));
    });
    close(go[1]);
    waitpid(maker, NULL, 0);
    close(go[0]);
    close(fd);
}

int main(void)
{
    CHILD("own", {
        prepare();
        SHOW(unshare(CLONE_NEWUSER));
        state("made one");
    });
    uid_t self = geteuid();
    join(self, 1, self);
    join(self, 2, self);
    if (self == 0) {
        join(4242, 1, self);
        join(4242, 2, self);
        join(4242, 1, 4242);
        join(self, 1, 4242);
    }
    return 0;
}
