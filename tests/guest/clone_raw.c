// SPDX-License-Identifier: Apache-2.0
// clone(2) and clone3(2) themselves: flags that must come together, CLONE_FS, FILES, PARENT, SETTID forms,
// exit signal, errors.
#include "t.h"
#include <linux/sched.h>

static char stack[65536] __attribute__((aligned(16)));
static int value;

static long raw_clone(unsigned long flags, int *parent_tid, int *child_tid)
{
    return syscall(SYS_clone, flags, NULL, parent_tid, child_tid, 0);
}

static int change(void *unused)
{
    (void)unused;
    value = 77;
    chdir("/");
    close(30);
    return 3;
}

static void with_flags(const char *what, int flags)
{
    value = 0;
    MUST(dup2(1, 30));
    char before[PATH_MAX], after[PATH_MAX];
    getcwd(before, sizeof before);
    int status;
    pid_t pid = (pid_t)MUST(clone(change, stack + sizeof stack, flags | SIGCHLD, NULL));
    MUST(waitpid(pid, &status, 0));
    getcwd(after, sizeof after);
    say("%s: memory %d, cwd moved %d, fd closed %d, exit %d", what, value, strcmp(before, after) != 0,
        fcntl(30, F_GETFD) == -1, WEXITSTATUS(status));
    chdir(before);
}

int main(void)
{
    with_flags("plain", 0);
    with_flags("CLONE_VM", CLONE_VM);
    with_flags("CLONE_FS", CLONE_FS);
    with_flags("CLONE_FILES", CLONE_FILES);
    with_flags("all", CLONE_VM | CLONE_FS | CLONE_FILES);
    with_flags("CLONE_VM | CLONE_VFORK", CLONE_VM | CLONE_VFORK);

    SHOW(raw_clone(CLONE_THREAD, NULL, NULL));
    SHOW(raw_clone(CLONE_SIGHAND, NULL, NULL));
    SHOW(raw_clone(CLONE_THREAD | CLONE_VM, NULL, NULL));
    SHOW(raw_clone(CLONE_NEWNS | CLONE_FS | SIGCHLD, NULL, NULL));
    SHOW(raw_clone(CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD, NULL, NULL));
    int parent_tid = 0, status;
    static int child_tid;
    long pid = raw_clone(CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, &parent_tid, &child_tid);
    if (pid == 0) {
        say("CHILD_SETTID %d", child_tid == getpid());
        _exit(0);
    }
    MUST(waitpid(pid, &status, 0));
    say("PARENT_SETTID %d, child's word not in the parent %d", parent_tid == pid, child_tid == 0);
    pid = raw_clone(0, NULL, NULL);
    if (pid == 0) { _exit(8); }
    SHOW(waitpid(pid, &status, 0));
    say("no exit signal, __WALL: %d", waitpid(pid, &status, __WALL) == pid);
    say_status("child", status);
    signal(SIGUSR2, SIG_IGN);
    pid = raw_clone(SIGUSR2, NULL, NULL);
    if (pid == 0) { _exit(8); }
    say("__WCLONE: %d", waitpid(pid, &status, __WCLONE) == pid);

    struct clone_args args = { .flags = 0, .exit_signal = SIGCHLD };
    pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) { _exit(11); }
    if (pid > 0) {
        MUST(waitpid(pid, &status, 0));
        say_status("clone3", status);
    }
    SHOW(syscall(SYS_clone3, &args, 8));
    SHOW(syscall(SYS_clone3, BAD, sizeof args));
    args.exit_signal = 1000;
    SHOW(syscall(SYS_clone3, &args, sizeof args));
    args.exit_signal = SIGCHLD;
    args.stack = (uintptr_t)stack;
    SHOW(syscall(SYS_clone3, &args, sizeof args));
    args.stack = 0;
    int pidfd = -1;
    args.flags = CLONE_PIDFD;
    args.pidfd = (uintptr_t)&pidfd;
    pid = syscall(SYS_clone3, &args, sizeof args);
    if (pid == 0) { _exit(13); }
    siginfo_t info = { 0 };
    SHOW(waitid(P_PIDFD, pidfd, &info, WEXITED));
    say("pidfd wait: code %d status %d", info.si_code == CLD_EXITED, info.si_status);
    return 0;
}
