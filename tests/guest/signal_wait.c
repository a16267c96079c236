// SPDX-License-Identifier: Apache-2.0
// sigtimedwait(2), sigwaitinfo, sigqueue and rt_sigqueueinfo, real-time order, si_code of every sender,
// SIGCHLD with its info.
#include "t.h"

static void show(const char *what, siginfo_t *info, long result)
{
    if (result == -1) {
        say("%s: %s", what, err_name(errno));
        return;
    }
    say("%s: signal %ld code %d value %d from us %d", what, result, info->si_code,
        info->si_code == SI_QUEUE ? info->si_value.sival_int : -1, info->si_pid == getpid());
}

int main(void)
{
    sigset_t set;
    siginfo_t info = { 0 };
    struct timespec none = { 0, 0 }, soon = { 0, 30000000 }, bad = { 0, -5 };
    sigfillset(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    for (int i = SIGRTMIN; i < SIGRTMIN + 5; i++) { sigaddset(&set, i); }
    show("nothing", &info, sigtimedwait(&set, &info, &none));
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    show("nothing for 30 ms", &info, sigtimedwait(&set, &info, &soon));
    int64_t took = now_ns(CLOCK_MONOTONIC) - begun;
    say("waited %d", took >= 30000000 && took < 2000000000);
    show("bad time", &info, sigtimedwait(&set, &info, &bad));
    for (int i = 3; i >= 0; i--) {
        for (int k = 0; k < 2; k++) {
            MUST(sigqueue(getpid(), SIGRTMIN + i, (union sigval){ .sival_int = 10 * i + k }));
        }
    }
    kill(getpid(), SIGUSR1);
    kill(getpid(), SIGUSR1);
    for (int i = 0; i < 10; i++) { show("queued", &info, sigtimedwait(&set, &info, &none)); }
    raise(SIGUSR1);
    show("raise", &info, sigwaitinfo(&set, &info));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(40);
        kill(getppid(), SIGUSR1);
        _exit(3);
    }
    show("from a child", &info, sigwaitinfo(&set, &info));
    say("pid is the child's %d, uid %d", info.si_pid == child, info.si_uid == getuid());
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    show("SIGCHLD", &info, sigwaitinfo(&set, &info));
    say("code %d status %d pid %d", info.si_code == CLD_EXITED, info.si_status, info.si_pid == child);
    MUST(waitpid(child, NULL, 0));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        sigset_t empty;
        sigemptyset(&empty);
        sigprocmask(SIG_SETMASK, &empty, NULL);
        raise(SIGTERM);
        _exit(0);
    }
    MUST(sigwaitinfo(&set, &info));
    say("code %d status %d", info.si_code == CLD_KILLED, info.si_status);
    MUST(waitpid(child, NULL, 0));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { pause(); }
    }
    kill(child, SIGSTOP);
    MUST(sigwaitinfo(&set, &info));
    say("code %d status %d", info.si_code == CLD_STOPPED, info.si_status);
    kill(child, SIGCONT);
    MUST(sigwaitinfo(&set, &info));
    say("code %d status %d", info.si_code == CLD_CONTINUED, info.si_status);
    kill(child, SIGKILL);
    MUST(sigwaitinfo(&set, &info));
    say("code %d status %d", info.si_code == CLD_KILLED, info.si_status);
    MUST(waitpid(child, NULL, 0));

    siginfo_t forged = { .si_signo = SIGUSR1, .si_code = SI_USER };
    int parent = getppid();
    SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged));
    SHOW(parent == 0 || parent == 1 ? (errno = EPERM, -1) : syscall(SYS_rt_sigqueueinfo, parent, 0, &forged));
    forged.si_code = -77;
    SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &forged));
    SHOW(syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGUSR1, &forged));
    SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), 99, &forged));
    SHOW(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, BAD));
    SHOW(syscall(SYS_rt_sigqueueinfo, 999999, SIGUSR1, &forged));
    sigaddset(&set, SIGUSR1);
    show("forged", &info, sigwaitinfo(&set, &info));
    SHOW(syscall(SYS_rt_sigtimedwait, BAD, &info, &none, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, &none, 4));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, &info, BAD, 8));
    return 0;
}
