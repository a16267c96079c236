// SPDX-License-Identifier: Apache-2.0
// What a call leaves alone: every register but rax, rcx and r11, the arithmetic flags and DF, the red zone,
// and the x87, SSE, AVX and AVX-512 state with their control words; for each shape of call site, many times
// over, for calls that return at once, that block, and that are interrupted by a handler which clobbers all.
// @timeout 60
#include "sites.h"
#include <cpuid.h>

SITES(mov_sites, 120, MOV_SITE(39));
SITES(mov_poll_sites, 40, MOV_SITE(7));
SITES(mov_read_sites, 40, MOV_SITE(0));
SITES(xor_sites, 120, XOR_SITE);
SITES(cave_sites, 120, CAVE_SITE);
SITES(bare_sites, 40, BARE_SITE);

// In and out: rax, rbx, rcx, rdx, rsi, rdi, rbp, r8 to r15, flags, and the red zone as the site's caller sees
// it: 14 words below rsp.
enum {
    RAX,
    RBX,
    RCX,
    RDX,
    RSI,
    RDI,
    RBP,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    FLAGS,
    ZONE,
    WORDS = ZONE + 14
};
long in[WORDS], out[WORDS];
void *target;
// Loads everything from in, jumps to the site with its return address just above rsp's red zone, stores all
// to out. The site's own ret pops; so the words below rsp are the red zone of this frame, as libc's leaf
// functions have it.
void probe(void);
__asm__(".text\nprobe:\npush %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
        "lea in(%rip), %rax\n.set i, 0\n.rept 14\nmov 128+8*i(%rax), %rcx\nmov %rcx, -120+8*i(%rsp)\n"
        ".set i, i+1\n.endr\n"
        "push 120(%rax)\npopf\n"
        // The push has overwritten the word just below rsp: it is restored without touching the flags.
        "lea 1f(%rip), %rcx\nmov %rcx, -8(%rsp)\n"
        "mov 8(%rax), %rbx\nmov 16(%rax), %rcx\nmov 24(%rax), %rdx\nmov 32(%rax), %rsi\nmov 40(%rax), %rdi\n"
        "mov 48(%rax), %rbp\nmov 56(%rax), %r8\nmov 64(%rax), %r9\nmov 72(%rax), %r10\nmov 80(%rax), %r11\n"
        "mov 88(%rax), %r12\nmov 96(%rax), %r13\nmov 104(%rax), %r14\nmov 112(%rax), %r15\nmov (%rax), %rax\n"
        "lea -8(%rsp), %rsp\njmp *target(%rip)\n1:\n"
        "mov %rbx, out+8(%rip)\nmov %rcx, out+16(%rip)\nmov %rdx, out+24(%rip)\nmov %rsi, out+32(%rip)\n"
        "mov %rdi, out+40(%rip)\nmov %rbp, out+48(%rip)\nmov %r8, out+56(%rip)\nmov %r9, out+64(%rip)\n"
        "mov %r10, out+72(%rip)\nmov %r11, out+80(%rip)\nmov %r12, out+88(%rip)\nmov %r13, out+96(%rip)\n"
        "mov %r14, out+104(%rip)\nmov %r15, out+112(%rip)\nmov %rax, out(%rip)\n"
        "lea out(%rip), %rax\n.set i, 0\n.rept 14\nmov -120+8*i(%rsp), %rcx\nmov %rcx, 128+8*i(%rax)\n"
        ".set i, i+1\n.endr\n"
        "pushf\npop 120(%rax)\ncld\n"
        "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");

// state(in, out, mask, site, six arguments and rax): xrstor, the call, xsave.
long state(void *from, void *to, long mask, void *site, long *arguments);
__asm__(".text\nstate:\npush %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\n"
        "mov %rsi, %r12\nmov %rdx, %r13\nmov %rcx, %r14\nmov %r8, %rbx\n"
        "mov %r13d, %eax\nxor %edx, %edx\nxrstor64 (%rdi)\n"
        "mov (%rbx), %rax\nmov 8(%rbx), %rdi\nmov 16(%rbx), %rsi\nmov 24(%rbx), %rdx\nmov 32(%rbx), %r10\n"
        "call *%r14\nmov %rax, %rbp\nmov %r13d, %eax\nxor %edx, %edx\nxsave64 (%r12)\nfninit\n"
        "ldmxcsr plain_mxcsr(%rip)\nmov %rbp, %rax\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");
unsigned plain_mxcsr = 0x1f80;

static unsigned char image[4][8192] __attribute__((aligned(64)));
static long mask;
static unsigned offsets[8], sizes[8];
static int wrong;
static volatile int handled;

static unsigned next_random(void)
{
    static unsigned long state_ = 88172645463325252UL;
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return (unsigned)(state_ >> 11);
}

// A state in which every component holds something, none its initial value.
static void fill(unsigned char *p)
{
    memset(p, 0, sizeof image[0]);
    for (int i = 32; i < 416; i++) { p[i] = (unsigned char)(next_random() | 1); }
    for (int i = 0; i < 8; i++) { memset(p + 32 + 16 * i + 10, 0, 6); }
    static const unsigned short controls[] = { 0x37f, 0x27f, 0xf7f, 0x47f };
    memcpy(p, &controls[next_random() % 4], 2);
    // Status: condition codes and top of stack, no pending exception. Tag: all in use.
    unsigned short status = (unsigned short)((next_random() & 0x4700) | (next_random() % 8 << 11));
    memcpy(p + 2, &status, 2);
    p[4] = 0xff;
    unsigned mxcsr = 0x1f80 | (next_random() & 0x603f) | 0x8000;
    memcpy(p + 24, &mxcsr, 4);
    memcpy(p + 512, &mask, 8);
    for (int c = 2; c < 8; c++) {
        if (mask >> c & 1) {
            for (unsigned i = 0; i < sizes[c]; i++) {
                p[offsets[c] + i] = (unsigned char)(next_random() | 1);
            }
        }
    }
}

static int same(const unsigned char *a, const unsigned char *b)
{
    int ok = memcmp(a, b, 5) == 0 && memcmp(a + 24, b + 24, 4) == 0 && memcmp(a + 32, b + 32, 384) == 0;
    for (int c = 2; c < 8; c++) {
        if (mask >> c & 1) { ok &= memcmp(a + offsets[c], b + offsets[c], sizes[c]) == 0; }
    }
    return ok;
}

static void clobber(int signal)
{
    handled++;
    (void)signal;
    static unsigned char other[8192] __attribute__((aligned(64)));
    memset(other, 0x55, 512 - 96);
    memset(other, 0, 32);
    *(unsigned short *)other = 0x77f;
    *(unsigned *)(other + 24) = 0x5f80;
    other[4] = 0xff;
    memcpy(other + 512, &mask, 8);
    for (int c = 2; c < 8; c++) {
        if (mask >> c & 1) { memset(other + offsets[c], 0xaa, sizes[c]); }
    }
    __asm__ volatile(
        "xrstor64 (%0)\nmov $-1, %%r12\nmov $-1, %%r13\nstc\nstd\ncld" ::"r"(other), "a"((int)mask), "d"(0)
        : "r12", "r13", "memory", "cc");
}

static void count_wrong(const char *what, int index, long got, long wanted)
{
    if (got != wanted && wrong++ < 10) { say("%s %d: %lx instead of %lx", what, index, got, wanted); }
}

static void registers(const char *what, void *site, int index, long number, long result)
{
    static const char *const names[] = { "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10",
        "r11", "r12", "r13", "r14", "r15", "flags", "red zone" };
    for (int i = 0; i < WORDS; i++) { in[i] = (long)next_random() << 32 | next_random(); }
    // CF PF AF ZF SF DF OF, and IF and bit 1, which are always set.
    in[FLAGS] = (next_random() & 0xcd5) | 0x202;
    in[RAX] = number;
    if (number == 0) { in[RDI] = -1; }
    target = site;
    probe();
    count_wrong(what, index, out[RAX], result);
    for (int i = 1; i < WORDS; i++) {
        // The comparison is part of the xor shape: it makes flags of its own. -9 and -4096: AF, not CF.
        if (i == RCX || i == R11 || (i == FLAGS && number == 0)) { continue; }
        if (in[i] != out[i] && wrong++ < 10) {
            say("%s %d: %s is %lx instead of %lx", what, index, names[i > ZONE ? ZONE : i], out[i], in[i]);
        }
    }
}

static void states(const char *what, void *site, int index, long number, long a, long b, long c, long result)
{
    long arguments[] = { number, a, b, c, 0 };
    fill(image[0]);
    memset(image[1], 0, sizeof image[1]);
    count_wrong(what, index, state(image[0], image[1], mask, site, arguments), result);
    if (!same(image[0], image[1]) && wrong++ < 10) { say("%s %d: vector or x87 state changed", what, index); }
}

static void every_shape(void)
{
    for (int round = 0; round < 4; round++) {
        for (int i = 0; i < 120; i++) {
            registers("mov", SITE(mov_sites, i), i, -1, getpid());
            registers("xor", SITE(xor_sites, i), i, 0, -EBADF);
            registers("cave", SITE(cave_sites, i), i, SYS_getpid, getpid());
            registers("bare", SITE(bare_sites, i % 40), i, SYS_getppid, getppid());
            states("mov state", SITE(mov_sites, i), i, 0, 0, 0, 0, getpid());
            states("xor state", SITE(xor_sites, i), i, 0, -1, 0, 0, -EBADF);
            states("cave state", SITE(cave_sites, i), i, SYS_getppid, 0, 0, 0, getppid());
        }
    }
}

static void *writer(void *fd)
{
    for (int i = 0; i < 60; i++) {
        sleep_ms(2);
        write((int)(long)fd, "x", 1);
    }
    return NULL;
}

int main(void)
{
    unsigned a, b, c, d;
    mask = 3;
    if (__get_cpuid_count(13, 0, &a, &b, &c, &d)) {
        // x87, SSE, AVX, AVX-512: not what a process has to ask for or what protects memory.
        mask = a & 0xe7;
        for (unsigned i = 2; i < 8; i++) { __get_cpuid_count(13, i, &sizes[i], &offsets[i], &c, &d); }
    }
    every_shape();
    say("calls that return at once: wrong %d", wrong);
    int p[2];
    MUST(pipe(p));
    pthread_t t;
    pthread_create(&t, NULL, writer, (void *)(long)p[1]);
    char byte;
    for (int i = 0; i < 60; i++) {
        if (i % 3 == 0) { states("blocking", SITE(mov_read_sites, i % 40), i, 0, p[0], (long)&byte, 1, 1); }
        if (i % 3 == 1) { states("blocking xor", SITE(xor_sites, i), i, 0, p[0], (long)&byte, 1, 1); }
        if (i % 3 == 2) {
            states("blocking cave", SITE(cave_sites, i), i, SYS_read, p[0], (long)&byte, 1, 1);
        }
    }
    pthread_join(t, NULL);
    for (int i = 0; i < 40; i++) { states("poll", SITE(mov_poll_sites, i), i, -1, 0, 0, 1, 0); }
    say("calls that block: wrong %d", wrong);
    struct sigaction action = { .sa_handler = clobber };
    MUST(sigaction(SIGALRM, &action, NULL));
    struct itimerval once = { { 0, 0 }, { 0, 20000 } }, often = { { 0, 300 }, { 0, 300 } }, off = { 0 };
    for (int i = 0; i < 40; i++) {
        setitimer(ITIMER_REAL, &once, NULL);
        states("interrupted poll", SITE(mov_poll_sites, i), i, -1, 0, 0, 2000, -EINTR);
    }
    say("calls that are interrupted: wrong %d, handled %d", wrong, handled);
    handled = 0;
    action.sa_flags = SA_RESTART;
    MUST(sigaction(SIGALRM, &action, NULL));
    setitimer(ITIMER_REAL, &often, NULL);
    for (int64_t end = now_ns(CLOCK_MONOTONIC) + 600000000; now_ns(CLOCK_MONOTONIC) < end;) { every_shape(); }
    setitimer(ITIMER_REAL, &off, NULL);
    say("a timer all the while: wrong %d, handled many %d", wrong, handled > 20);
    return 0;
}
