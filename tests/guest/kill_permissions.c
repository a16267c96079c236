// SPDX-License-Identifier: Apache-2.0
// kill(2), tkill, tgkill: signal 0, dead and absent processes, wrong numbers, other users' processes,
// threads.
#include "t.h"

static volatile pid_t handler_tid;
static void note(int signal)
{
    (void)signal;
    handler_tid = (pid_t)syscall(SYS_gettid);
}
static volatile pid_t thread_tid;
static volatile int finish;

static void *thread(void *unused)
{
    (void)unused;
    thread_tid = (pid_t)syscall(SYS_gettid);
    while (!finish) { sleep_ms(1); }
    return NULL;
}

int main(void)
{
    SHOW(kill(getpid(), 0));
    SHOW(kill(getpid(), 65));
    SHOW(kill(getpid(), -1));
    SHOW(kill(999999, 0));
    SHOW(kill(999999, SIGTERM));
    SHOW(kill(-999999, SIGTERM));
    SHOW(kill(INT_MIN, SIGTERM));
    SHOW(syscall(SYS_tkill, 0, 0));
    SHOW(syscall(SYS_tkill, -1, 0));
    SHOW(syscall(SYS_tkill, syscall(SYS_gettid), 0));
    SHOW(syscall(SYS_tkill, 999999, 0));
    SHOW(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 0));
    SHOW(syscall(SYS_tgkill, 999999, syscall(SYS_gettid), 0));
    SHOW(syscall(SYS_tgkill, getpid(), 999999, 0));
    SHOW(syscall(SYS_tgkill, 0, syscall(SYS_gettid), 0));
    SHOW(syscall(SYS_tgkill, getpid(), 0, 0));
    SHOW(syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 99));
    struct sigaction action = { .sa_handler = note };
    MUST(sigaction(SIGUSR1, &action, NULL));
    pthread_t t;
    pthread_create(&t, NULL, thread, NULL);
    while (!thread_tid) { sleep_ms(1); }
    SHOW(syscall(SYS_tgkill, getpid(), thread_tid, SIGUSR1));
    while (!handler_tid) { sleep_ms(1); }
    say("ran in the thread %d", handler_tid == thread_tid);
    handler_tid = 0;
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    SHOW(kill(getpid(), SIGUSR1));
    while (!handler_tid) { sleep_ms(1); }
    say("a signal to the process goes to a thread that takes it %d", handler_tid == thread_tid);
    finish = 1;
    pthread_join(t, NULL);
    // It is joined a moment before it is gone.
    while (syscall(SYS_tgkill, getpid(), thread_tid, 0) == 0) { sleep_ms(1); }
    SHOW(syscall(SYS_tgkill, getpid(), thread_tid, 0));
    pid_t zombie = (pid_t)MUST(fork());
    if (zombie == 0) { _exit(0); }
    siginfo_t info;
    MUST(waitid(P_PID, zombie, &info, WEXITED | WNOWAIT));
    SHOW(kill(zombie, 0));
    SHOW(kill(zombie, SIGKILL));
    MUST(waitpid(zombie, NULL, 0));
    SHOW(kill(zombie, 0));
    if (getuid() == 0) {
        pid_t roots = (pid_t)MUST(fork());
        if (roots == 0) {
            for (;;) { pause(); }
        }
        CHILD("as uid 1234", {
            MUST(setresgid(1234, 1234, 1234));
            MUST(setresuid(1234, 1234, 1234));
            SHOW(kill(roots, 0));
            SHOW(kill(roots, SIGKILL));
            SHOW(syscall(SYS_tgkill, roots, roots, SIGKILL));
            SHOW(kill(roots, SIGCONT));
            SHOW(kill(getppid(), 0));
            SHOW(kill(getpid(), 0));
        });
        SHOW(kill(roots, SIGKILL));
        MUST(waitpid(roots, NULL, 0));
    }
    return 0;
}
