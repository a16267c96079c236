// SPDX-License-Identifier: Apache-2.0
// sigaction(2) with its flags, masks and pending sets, sigsuspend(2), order of delivery, errors.
// @variants static,dynamic
#include "t.h"

static volatile int depth, count, raised;

static void simple(int signal)
{
    say("handler %s", sigabbrev_np(signal));
    count++;
}

static void with_info(int signal, siginfo_t *info, void *context)
{
    say("info %s signo %d code %d errno %d pid %d uid %d value %d context %d",
        sigabbrev_np(signal) ? sigabbrev_np(signal) : "RT", info->si_signo == signal, info->si_code,
        info->si_errno, info->si_pid == getpid(), info->si_uid == getuid(),
        info->si_code == SI_QUEUE ? info->si_value.sival_int : 0, context != NULL);
}

static void nested(int signal)
{
    int level = ++depth;
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    say("level %d %s, masked USR1 %d USR2 %d", level, sigabbrev_np(signal), sigismember(&mask, SIGUSR1),
        sigismember(&mask, SIGUSR2));
    if (level < 3 && raised++ < 2) { raise(SIGUSR1); }
    say("leaving level %d", level);
    depth--;
}

static void install(int signal, void (*handler)(int), int flags, int also_mask)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    sigemptyset(&action.sa_mask);
    if (also_mask) { sigaddset(&action.sa_mask, also_mask); }
    MUST(sigaction(signal, &action, NULL));
}

int main(void)
{
    struct sigaction old, action = { .sa_sigaction = with_info, .sa_flags = SA_SIGINFO };
    SHOW(sigaction(SIGUSR1, NULL, &old));
    say("default %d flags %x", old.sa_handler == SIG_DFL, old.sa_flags);
    install(SIGUSR1, simple, SA_RESTART, SIGHUP);
    SHOW(sigaction(SIGUSR1, NULL, &old));
    say("ours %d flags %x mask %d", old.sa_handler == simple, old.sa_flags & ~0x04000000,
        sigismember(&old.sa_mask, SIGHUP));
    raise(SIGUSR1);
    say("SA_SIGINFO:");
    MUST(sigaction(SIGUSR2, &action, NULL));
    MUST(sigaction(SIGRTMIN + 3, &action, NULL));
    raise(SIGUSR2);
    kill(getpid(), SIGUSR2);
    sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 77 });
    sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = 78 });

    say("nesting, not deferred:");
    install(SIGUSR1, nested, SA_NODEFER, SIGUSR2);
    raise(SIGUSR1);
    raised = 0;
    say("nesting, deferred:");
    install(SIGUSR1, nested, 0, 0);
    raise(SIGUSR1);

    say("SA_RESETHAND:");
    install(SIGUSR1, simple, SA_RESETHAND, 0);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &old);
    say("back to default %d", old.sa_handler == SIG_DFL);
    CHILD("second one kills", raise(SIGUSR1));

    say("blocked, pending, order:");
    sigset_t all, previous, pending;
    sigfillset(&all);
    int order[] = { SIGUSR2, SIGHUP, SIGRTMIN + 2, SIGINT, SIGRTMIN + 1 };
    for (int i = 0; i < 5; i++) { install(order[i], simple, 0, 0); }
    MUST(sigaction(SIGRTMIN + 1, &action, NULL));
    MUST(sigprocmask(SIG_SETMASK, &all, &previous));
    for (int i = 0; i < 5; i++) {
        raise(order[i]);
        raise(order[i]);
    }
    for (int i = 0; i < 3; i++) { sigqueue(getpid(), SIGRTMIN + 1, (union sigval){ .sival_int = i }); }
    sigpending(&pending);
    say("pending %d %d %d, KILL masked %d", sigismember(&pending, SIGHUP),
        sigismember(&pending, SIGRTMIN + 2), sigismember(&pending, SIGTERM),
        (sigprocmask(SIG_SETMASK, NULL, &all), sigismember(&all, SIGKILL)));
    MUST(sigprocmask(SIG_SETMASK, &previous, NULL));
    sigpending(&pending);
    say("pending now %d", sigismember(&pending, SIGHUP));

    say("ignored:");
    signal(SIGUSR1, SIG_IGN);
    raise(SIGUSR1);
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    install(SIGUSR1, simple, 0, 0);
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN);
    install(SIGUSR1, simple, 0, 0);
    sigpending(&pending);
    say("setting SIG_IGN discards what is pending: %d", sigismember(&pending, SIGUSR1));
    raise(SIGUSR1);
    sigset_t empty;
    sigemptyset(&empty);
    say("sigsuspend:");
    SHOW(sigsuspend(&empty));
    sigprocmask(SIG_BLOCK, NULL, &previous);
    say("mask is back %d", sigismember(&previous, SIGUSR1));

    SHOW(sigaction(SIGKILL, &action, NULL));
    SHOW(sigaction(SIGSTOP, &action, NULL));
    SHOW(sigaction(SIGKILL, NULL, &old));
    SHOW(syscall(SYS_rt_sigaction, 65, NULL, &old, 8));
    SHOW(syscall(SYS_rt_sigaction, 0, NULL, &old, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, &old, 4));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, BAD, NULL, 8));
    SHOW(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD, 8));
    SHOW(syscall(SYS_rt_sigprocmask, 99, &empty, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, BAD, 8));
    SHOW(syscall(SYS_rt_sigprocmask, 99, NULL, NULL, 8));
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &empty, NULL, 16));
    SHOW(syscall(SYS_rt_sigpending, BAD, 8));
    SHOW(syscall(SYS_rt_sigsuspend, &empty, 4));
    return 0;
}
