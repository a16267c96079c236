// SPDX-License-Identifier: Apache-2.0
// FP and vector state around handlers: a handler starts with a fresh one, what was interrupted gets its own
// back; whether the signal came from a call (again and again, as fast paths take over), from a fault or from
// another process, also in a handler of a handler and when the handler leaves by siglongjmp.
#include "t.h"
#include <immintrin.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>

static int has_avx, seen, wrong, depth;
static sigjmp_buf back;

static uint16_t x87_control(void)
{
    uint16_t word;
    __asm__ volatile("fnstcw %0" : "=m"(word));
    return word;
}

static void set_x87_control(uint16_t word)
{
    __asm__ volatile("fldcw %0" ::"m"(word));
}

static void fill(int with)
{
    _mm_setcsr(0x1f80 | 0x6000);
    set_x87_control(0x37f | 0xc00);
    __asm__ volatile("movd %0, %%xmm5\n pshufd $0, %%xmm5, %%xmm5" ::"r"(with) : "xmm5");
    if (has_avx) {
        __asm__ volatile("vmovd %0, %%xmm6\n vpshufd $0, %%xmm6, %%xmm6\n vinsertf128 $1, %%xmm6, %%ymm6, %%ymm6"
                         ::"r"(with) : "xmm6");
    }
}

static int holds(int with)
{
    int32_t low[4], wide[8] = { with, with, with, with, with, with, with, with };
    __asm__ volatile("movdqu %%xmm5, %0" : "=m"(low));
    if (has_avx) {
        __asm__ volatile("vmovdqu %%ymm6, %0" : "=m"(wide));
    }
    return _mm_getcsr() == (0x1f80 | 0x6000) && x87_control() == (0x37f | 0xc00) && low[0] == with
        && low[3] == with && wide[0] == with && wide[7] == with;
}

static int is_fresh(void)
{
    int32_t low[4];
    __asm__ volatile("movdqu %%xmm5, %0" : "=m"(low));
    return _mm_getcsr() == 0x1f80 && x87_control() == 0x37f && low[0] == 0 && low[3] == 0;
}

static void on_signal(int signal)
{
    wrong += !is_fresh();
    seen++;
    fill(77);
    if (signal == SIGUSR1 && depth < 2) {
        depth++;
        kill(getpid(), SIGUSR2);
        depth--;
        wrong += !holds(77);
    }
}

static void leave(int signal)
{
    wrong += !is_fresh();
    siglongjmp(back, signal);
}

static void many(const char *name, int signal, int count)
{
    pid_t self = getpid();
    seen = wrong = 0;
    for (int i = 0; i < count; i++) {
        fill(1000 + i);
        kill(self, signal);
        wrong += !holds(1000 + i);
    }
    say("%s: seen %d wrong %d", name, seen, wrong);
}

int main(void)
{
    has_avx = __builtin_cpu_supports("avx");
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    many("one", SIGUSR2, 1);
    many("many", SIGUSR2, 300);
    many("nested", SIGUSR1, 300);
    action.sa_handler = leave;
    sigaction(SIGSEGV, &action, NULL);
    wrong = 0;
    for (volatile int i = 0; i < 50; i++) {
        if (sigsetjmp(back, 1) == 0) {
            fill(5);
            *(volatile char *)1 = 1;
        }
    }
    say("faults: wrong %d", wrong);
    sigset_t mask, old;
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    sigaddset(&mask, SIGUSR2);
    seen = wrong = 0;
    for (int i = 0; i < 100; i++) {
        // Two at once: the second handler interrupts the first before its first instruction, or follows it.
        sigprocmask(SIG_BLOCK, &mask, &old);
        kill(getpid(), SIGUSR1);
        kill(getpid(), SIGUSR2);
        fill(i);
        sigprocmask(SIG_SETMASK, &old, NULL);
        wrong += !holds(i);
    }
    say("two at once: wrong %d", wrong);
    pid_t child = fork();
    if (child == 0) {
        for (int i = 0; i < 200; i++) {
            kill(getppid(), SIGUSR2);
        }
        _exit(0);
    }
    wrong = 0;
    int status;
    for (int i = 0; waitpid(child, &status, WNOHANG) == 0; i++) {
        fill(i);
        for (int j = 0; j < 100; j++) {
            wrong += !holds(i);
        }
    }
    say("from another process: wrong %d", wrong);
    return 0;
}
