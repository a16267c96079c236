// SPDX-License-Identifier: Apache-2.0
// The 32-bit door, int 0x80, among ordinary calls: whatever it answers (hosts differ), it disturbs neither
// the program nor the call sites around it.
// @timeout 30
#include "sites.h"
#include <setjmp.h>

SITES(mov_sites, 100, "mov $20, %eax\nint $0x80\nmov $39, %eax\nsyscall\nret");
SITES(plain_sites, 100, MOV_SITE(39));
// Bytes that look like a shape but are entered for another one: int 0x80 where a syscall could be.
SITES(both_sites, 100,
    "mov %edi, %eax\ntest %esi, %esi\njz 1f\nint $0x80\nret\n1: syscall\nret\n.fill 8, 1, 0x90");

static sigjmp_buf back;
static void on_fault(int signal) { siglongjmp(back, signal); }

static volatile int tried, wrong, there;

static void *thread(void *unused)
{
    (void)unused;
    long self = getpid();
    for (int i = 0; i < 400; i++) {
        int k = i % 100;
        tried++;
        if (there && ENTER0(SITE(mov_sites, k), -1) != self) { wrong++; }
        if (ENTER0(SITE(plain_sites, k), -1) != self) { wrong++; }
        // getpid as a 32-bit program counts is 20: there or not, but never the 64-bit call 20.
        if (there) { enter(SITE(both_sites, k), 0, 20, 1, 0, 0, 0, 0); }
        if (enter(SITE(both_sites, k), 0, SYS_getpid, 0, 0, 0, 0, 0) != self) { wrong++; }
    }
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGILL, &action, NULL));
    MUST(sigaction(SIGSYS, &action, NULL));
    // A host may have no such door: then it faults.
    long r = 0;
    if (sigsetjmp(back, 1) == 0) {
        __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
        there = 1;
    }
    pthread_t t[3];
    for (int i = 0; i < 3; i++) { pthread_create(&t[i], NULL, thread, NULL); }
    for (int i = 0; i < 3; i++) { pthread_join(t[i], NULL); }
    say("wrong %d", wrong);
    // Numbers and arguments of every kind: pure reads, and numbers that do not exist.
    static const int numbers[] = { 20, 64, 24, 47, 100000, -1 };
    for (int i = 0; i < 6 && there; i++) {
        __asm__ volatile("int $0x80"
                         : "=a"(r)
                         : "a"(numbers[i]), "b"(0), "c"(0), "d"(0)
                         : "memory", "r8", "r9", "r10", "r11");
        tried++;
    }
    say("the last one fails %d", r == -ENOSYS || !there);
    CHILD("in a child",
          if (there) __asm__ volatile("int $0x80"
                                      : "=a"(r)
                                      : "a"(20));
          _exit(getpid() > 0 ? 3 : 4));
    say("done");
    return 0;
}
