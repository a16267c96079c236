// SPDX-License-Identifier: Apache-2.0
// Signal frames: general, xmm and ymm registers, flags and the red zone survive handlers that clobber
// everything; handlers may change registers and masks; sigaltstack(2); stack overflow on an alternate stack;
// asynchronous signals in a busy loop.
// @timeout 40
#include "t.h"
#include <setjmp.h>
#include <ucontext.h>

static volatile int hits;
static char alternate[65536];
static sigjmp_buf resume;
static int has_avx;

__attribute__((target("avx"))) static void clobber_ymm(void)
{
    __asm__ volatile(
        "vpcmpeqd %%xmm0, %%xmm0, %%xmm0; vinsertf128 $1, %%xmm0, %%ymm0, %%ymm0; vmovaps %%ymm0, %%ymm5;"
        "vmovaps %%ymm0, %%ymm15; vzeroupper" ::
            : "xmm0", "xmm5", "xmm15");
}

static void clobber(int signal)
{
    (void)signal;
    hits++;
    volatile double x = 1.5;
    x = x * hits;
    __asm__ volatile(
        "pxor %%xmm1, %%xmm1; pxor %%xmm7, %%xmm7; pxor %%xmm13, %%xmm13; std; cld; xor %%r12, %%r12;"
        "xor %%rbx, %%rbx" ::
            : "xmm1", "xmm7", "xmm13", "r12", "rbx", "cc");
    if (has_avx) { clobber_ymm(); }
}

__attribute__((target("avx"))) static int ymm_survives(void)
{
    unsigned char in[32], out[32];
    for (int i = 0; i < 32; i++) { in[i] = 3 * i + 1; }
    pid_t self = getpid();
    long result;
    __asm__ volatile(
        "vmovups (%2), %%ymm5; vmovups (%2), %%ymm15; syscall; vmovups %%ymm5, (%3);"
        "vxorps %%ymm5, %%ymm15, %%ymm5;"
        "vzeroupper"
        : "=a"(result)
        : "a"(SYS_kill), "r"(in), "r"(out), "D"(self), "S"(SIGUSR1)
        : "rcx", "r11", "memory", "xmm5", "xmm15");
    return result == 0 && memcmp(in, out, 32) == 0;
}

long values_in[10] = { 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 }, values_out[10];
double xmm_in = 3.25, xmm_out;

// Loads every register, sends itself a signal, stores every register. A real function, so that rsp is its own
// and the red zone free.
__asm__(
    ".text\nsend_and_store:\n"
    "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
    "mov values_in+0(%rip), %rbx; mov values_in+8(%rip), %r12; mov values_in+16(%rip), %r13\n"
    "mov values_in+24(%rip), %r14\n"
    "mov values_in+32(%rip), %r15; mov values_in+40(%rip), %r8; mov values_in+48(%rip), %r9\n"
    "mov values_in+56(%rip), %r10\n"
    "mov values_in+64(%rip), %rdx; movsd xmm_in(%rip), %xmm13\n"
    "movq $0x1234, -64(%rsp); movq $0x5678, -120(%rsp)\n"
    "mov $39, %eax; syscall; mov %eax, %edi; mov $10, %esi; mov $62, %eax; syscall\n"
    "mov %rbx, values_out+0(%rip); mov %r12, values_out+8(%rip); mov %r13, values_out+16(%rip)\n"
    "mov %r14, values_out+24(%rip)\n"
    "mov %r15, values_out+32(%rip); mov %r8, values_out+40(%rip); mov %r9, values_out+48(%rip)\n"
    "mov %r10, values_out+56(%rip)\n"
    "mov %rdx, values_out+64(%rip); movsd %xmm13, xmm_out(%rip)\n"
    "cmpq $0x1234, -64(%rsp); jne 1f; cmpq $0x5678, -120(%rsp); jne 1f; movq $20, values_out+72(%rip)\n"
    "1: pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx; ret\n");
void send_and_store(void);

static int registers_survive(void)
{
    send_and_store();
    return memcmp(values_in, values_out, sizeof values_in) == 0 && xmm_in == xmm_out;
}

static void change(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    ucontext_t *frame = context;
    frame->uc_mcontext.gregs[REG_RAX] = 4242;
    frame->uc_mcontext.gregs[REG_RIP] += 2;
    sigaddset(&frame->uc_sigmask, SIGWINCH);
}

static int on_alternate(void)
{
    char here;
    return &here >= alternate && &here < alternate + sizeof alternate;
}

static void where(int signal)
{
    stack_t now;
    sigaltstack(NULL, &now);
    say("%s on the alternate stack %d, flags %d", sigabbrev_np(signal), on_alternate(), now.ss_flags);
    stack_t other = { .ss_sp = alternate, .ss_size = sizeof alternate };
    if (on_alternate()) { SHOW(sigaltstack(&other, NULL)); }
}

static void overflow_handler(int signal, siginfo_t *info, void *context)
{
    (void)info;
    (void)context;
    siglongjmp(resume, signal);
}

__attribute__((noinline)) static int recurse(int n)
{
    volatile char block[1024];
    block[0] = (char)n;
    return n > 1 << 30 ? 0 : recurse(n + 1) + block[0];
}

int main(void)
{
    has_avx = __builtin_cpu_supports("avx");
    struct sigaction action = { .sa_handler = clobber };
    MUST(sigaction(SIGUSR1, &action, NULL));
    say("registers, xmm and the red zone survive %d", registers_survive());
    say("ymm survives %d", !has_avx || ymm_survives());
    say("hits %d", hits);

    // Asynchronous: a timer interrupts a computation thousands of times.
    struct sigaction timer = { .sa_handler = clobber };
    MUST(sigaction(SIGALRM, &timer, NULL));
    hits = 0;
    struct itimerval often = { { 0, 2000 }, { 0, 2000 } }, off = { 0 };
    setitimer(ITIMER_REAL, &often, NULL);
    unsigned long hash = 1469598103934665603UL;
    double sum = 0;
    int64_t end = now_ns(CLOCK_MONOTONIC) + 300000000;
    long rounds = 0;
    int wrong = 0;
    while (now_ns(CLOCK_MONOTONIC) < end || rounds < 100) {
        hash = 1469598103934665603UL;
        sum = 0;
        for (int i = 0; i < 20000; i++) {
            hash = (hash ^ i) * 1099511628211UL;
            sum += i * 0.5;
        }
        wrong += hash != 0;
        if (rounds++ == 0) { wrong = 0; }
        static unsigned long first;
        static double first_sum;
        if (first == 0) {
            first = hash;
            first_sum = sum;
        }
        if (first != hash || first_sum != sum) {
            say("a result changed");
            break;
        }
        wrong = 0;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    say("interrupted often %d, wrong %d", hits > 10, wrong);

    struct sigaction changer = { .sa_sigaction = change, .sa_flags = SA_SIGINFO };
    MUST(sigaction(SIGILL, &changer, NULL));
    long rax = 0;
    __asm__ volatile("ud2" : "+a"(rax));
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    say("handler changed rax to %ld, and the mask %d", rax, sigismember(&mask, SIGWINCH));

    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate }, old;
    SHOW(sigaltstack(NULL, &old));
    say("none at first %d", old.ss_flags == SS_DISABLE);
    SHOW(sigaltstack(&stack, NULL));
    SHOW(sigaltstack(NULL, &old));
    say("set %d %d", old.ss_sp == alternate, old.ss_flags);
    struct sigaction on_stack = { .sa_handler = where, .sa_flags = SA_ONSTACK },
                     plain = { .sa_handler = where };
    MUST(sigaction(SIGUSR1, &on_stack, NULL));
    MUST(sigaction(SIGUSR2, &plain, NULL));
    raise(SIGUSR1);
    raise(SIGUSR2);
    stack.ss_size = 100;
    SHOW(sigaltstack(&stack, NULL));
    stack.ss_flags = 64;
    SHOW(sigaltstack(&stack, NULL));
    SHOW(syscall(SYS_sigaltstack, BAD, NULL));
    SHOW(syscall(SYS_sigaltstack, NULL, BAD));
    CHILD("fork keeps it", sigaltstack(NULL, &old); say("set %d", old.ss_sp == alternate));

    CHILD("stack overflow", {
        struct rlimit limit = { 1 << 20, RLIM_INFINITY };
        setrlimit(RLIMIT_STACK, &limit);
        struct sigaction overflow = { .sa_sigaction = overflow_handler, .sa_flags = SA_SIGINFO | SA_ONSTACK };
        MUST(sigaction(SIGSEGV, &overflow, NULL));
        int signal = sigsetjmp(resume, 1);
        if (signal == 0) { recurse(0); }
        say("overflow caught: %s", sigabbrev_np(signal));
        signal = sigsetjmp(resume, 1);
        if (signal == 0) { recurse(0); }
        say("and again: %s", sigabbrev_np(signal));
    });
    CHILD("stack overflow without one", {
        struct rlimit limit = { 1 << 20, RLIM_INFINITY };
        setrlimit(RLIMIT_STACK, &limit);
        recurse(0);
    });
    stack.ss_flags = SS_DISABLE;
    SHOW(sigaltstack(&stack, NULL));
    raise(SIGUSR1);
    return 0;
}
