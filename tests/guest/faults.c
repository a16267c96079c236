// SPDX-License-Identifier: Apache-2.0
// Signals of the processor: SIGFPE, SIGILL, SIGTRAP, general protection; si_code, whether si_addr is the
// instruction; defaults.
#include "t.h"
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf resume;
static volatile int zero;

static void on_signal(int signal, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    int at_rip = (long)info->si_addr == frame->uc_mcontext.gregs[REG_RIP];
    say("  %s code %d, address is rip %d, null %d, trap %ld", sigabbrev_np(signal), info->si_code, at_rip,
        info->si_addr == NULL, (long)frame->uc_mcontext.gregs[REG_TRAPNO]);
    siglongjmp(resume, 1);
}

#define TRY(name, ...) \
    do { \
        say(name); \
        if (sigsetjmp(resume, 1) == 0) { \
            __VA_ARGS__; \
            say("  no signal"); \
        } \
    } while (0)

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
    int signals[] = { SIGFPE, SIGILL, SIGTRAP, SIGSEGV, SIGBUS };
    for (int i = 0; i < 5; i++) { MUST(sigaction(signals[i], &action, NULL)); }
    volatile int one = 1;
    TRY("integer division by zero", one = one / zero);
    TRY("integer overflow", volatile int m = INT_MIN; volatile int n = -1; one = m / n);
    TRY("ud2", __asm__ volatile("ud2"));
    TRY("int3", __asm__ volatile("int3"));
    TRY("hlt", __asm__ volatile("hlt"));
    TRY("in", __asm__ volatile("inb $0x70, %%al" ::: "al"));
    TRY("non-canonical read", one = *(volatile int *)0x8000000000001000);
    TRY("read of null", one = *(volatile int *)(long)zero);
    TRY("single step", __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop; nop" ::: "memory", "cc"));
    TRY("into cli", __asm__ volatile("cli"));
    for (int i = 0; i < 3; i++) { signal(signals[i], SIG_DFL); }
    CHILD("division", one = one / zero);
    CHILD("ud2", __asm__ volatile("ud2"));
    CHILD("int3", __asm__ volatile("int3"));
    CHILD("abort", abort());
    return 0;
}
