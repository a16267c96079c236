// SPDX-License-Identifier: Apache-2.0
// Every form of exit status: codes modulo 256, signals with their default actions, exit from a thread,
// exit_group, orphans.
#include "t.h"

static void *thread_exits(void *unused)
{
    (void)unused;
    exit(9);
}
static void *thread_returns(void *unused)
{
    (void)unused;
    sleep_ms(50);
    return NULL;
}

int main(void)
{
    int codes[] = { 0, 1, 127, 128, 255, 256, 257, -1 };
    for (int i = 0; i < 8; i++) { CHILD("exit", _exit(codes[i])); }
    CHILD("exit_group", syscall(SYS_exit_group, 300));
    CHILD("exit of the only thread", syscall(SYS_exit, 33));
    CHILD("return from main's exit()", exit(12));
    CHILD("thread calls exit", {
        pthread_t t;
        pthread_create(&t, NULL, thread_exits, NULL);
        pause();
    });
    CHILD("main thread leaves first", {
        pthread_t t;
        pthread_create(&t, NULL, thread_returns, NULL);
        syscall(SYS_exit, 21);
    });
    for (int signal = 1; signal < 32; signal++) {
        if (signal == SIGSTOP || signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU) { continue; }
        char name[32];
        snprintf(name, sizeof name, "raise %s", sigabbrev_np(signal));
        CHILD(name, {
            struct rlimit none = { 0, 0 };
            setrlimit(RLIMIT_CORE, &none);
            raise(signal);
            _exit(44);
        });
    }
    CHILD("raise 34", raise(34));
    CHILD("raise 64", raise(64));
    return 300;
}
