// SPDX-License-Identifier: Apache-2.0
// Hand-assembled call sites in a program's own text, many copies of each: what a platform that rewrites call
// sites finds, one by one, as they are run for the first time. Copies lie back to back, at odd distances, so
// that they cross cache lines and pages in every way.
#ifndef SITES_H
#define SITES_H
#include "t.h"

// A table of count copies of code.
#define SITES(name, count, code) \
    __asm__(".text\n" #name ":\n.rept " #count "\n" code "\n.endr\n" #name "_end:\n.balign 64\n"); \
    extern char name[], name##_end[]; \
    enum { name##_count = count }
// The address of one copy.
#define SITE(name, index) ((void *)(name + (name##_end - name) / name##_count * (index)))

// The shapes. MOV: b8 imm32 0f 05, 7 bytes. XOR: ten known bytes, as in libc's read. CAVE: any rax, with nops
// behind the next ret. CAVE2: two of them that share one cave. BARE: nothing that could be used.
#define MOV_SITE(number) "mov $" #number ", %eax\nsyscall\nret\n.fill 3, 1, 0x90"
#define XOR_SITE "xor %eax, %eax\nsyscall\ncmp $-4096, %rax\nret"
#define CAVE_SITE "syscall\nret\n.fill 10, 1, 0x90"
#define LONG_NOP_CAVE_SITE "syscall\nret\n.byte 0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0"
#define JUMP_CAVE_SITE "syscall\njmp 1f\n.fill 8, 1, 0x90\n1: ret\nint3\nint3"
#define CAVE2_SITE "syscall\nmov %rax, %rdi\nmov %r9, %rax\nsyscall\nsub %rdi, %rax\nret\n.fill 8, 1, 0x90"
#define BARE_SITE "syscall\nret\nint3\nint3"

// Calls code with these registers set: enter(code, rax, rdi, rsi, rdx, r10, r8, r9).
long enter(void *code, long rax, long rdi, long rsi, long rdx, long r10, long r8, long r9);
__asm__(".text\n.globl enter\nenter:\n"
        "mov %rdi, %r11\nmov %rsi, %rax\nmov %rdx, %rdi\nmov %rcx, %rsi\nmov %r8, %rdx\nmov %r9, %r10\n"
        "mov 8(%rsp), %r8\nmov 16(%rsp), %r9\njmp *%r11\n"
        ".balign 64, 0xcc\n");

#define ENTER0(code, number) enter(code, number, 0, 0, 0, 0, 0, 0)
#define ENTER1(code, number, a) enter(code, number, (long)(a), 0, 0, 0, 0, 0)
#define ENTER2(code, number, a, b) enter(code, number, (long)(a), (long)(b), 0, 0, 0, 0)
#define ENTER3(code, number, a, b, c) enter(code, number, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define ENTER4(code, number, a, b, c, d) enter(code, number, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

// Lets threads meet: spins a little, then yields. Where others spin for the same CPUs a meeting takes long:
// once the time is up (by CLOCK_MONOTONIC, in seconds; 0 for never) nobody waits any more.
struct meeting {
    int wanted;
    int arrived;
    int round;
    time_t until;
};

static inline int is_over(const struct meeting *m)
{
    struct timespec now;
    return m->until != 0 && clock_gettime(CLOCK_MONOTONIC, &now) == 0 && now.tv_sec >= m->until;
}

__attribute__((unused)) static void meet(struct meeting *m)
{
    int round = __atomic_load_n(&m->round, __ATOMIC_ACQUIRE);
    if (is_over(m)) { return; }
    if (__atomic_add_fetch(&m->arrived, 1, __ATOMIC_ACQ_REL) == m->wanted) {
        m->arrived = 0;
        __atomic_store_n(&m->round, round + 1, __ATOMIC_RELEASE);
        return;
    }
    for (int spins = 0; __atomic_load_n(&m->round, __ATOMIC_ACQUIRE) == round; spins++) {
        if (spins > 300) { sched_yield(); }
        if (spins > 300 && is_over(m)) { return; }
        __builtin_ia32_pause();
    }
}
#endif
