// SPDX-License-Identifier: Apache-2.0
// Finds what is mapped beside the guest's own mappings and jumps into it at every offset with hostile
// registers.
// @host no
// @timeout 120
#include "../guest/t.h"
#include <setjmp.h>

static sigjmp_buf resume;
static char alternate[65536];
static void on_fault(int signal) { siglongjmp(resume, signal); }

static int can_read(volatile unsigned char *p)
{
    if (sigsetjmp(resume, 1)) { return 0; }
    (void)*p;
    return 1;
}

static int jump(unsigned long target, long seed)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (int i = 1; i < 32; i++) { signal(i, SIG_DFL); }
        alarm(1);
        long rax = seed % 3 == 0 ? 1 : seed % 3 == 1 ? 999 : seed;
        __asm__ volatile(
            "mov %0, %%rcx; mov %1, %%rax; mov $1, %%edi; mov $2, %%esi; mov $3, %%edx; jmp *%%rcx" ::"r"(
                target),
            "r"(rax)
            : "rax", "rcx", "rdi", "rsi", "rdx", "memory");
        _exit(0);
    }
    int status, waited = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (waited++ > 600) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return 2;
        }
        sleep_ms(1);
    }
    return WIFSIGNALED(status);
}

int main(void)
{
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    MUST(sigaction(SIGILL, &action, NULL));
    static unsigned long found[4096];
    int count = 0;
    // The top of the address space, where a platform keeps its own: page by page near the known places,
    // coarsely elsewhere.
    for (unsigned long p = 0x7fff80000000; p < 0x7fff80040000 && count < 4096; p += 4096) {
        if (can_read((unsigned char *)p)) { found[count++] = p; }
    }
    for (unsigned long p = 0x7fff80040000; p < 0x7ffffffff000 && count < 4096; p += 1 << 20) {
        if (can_read((unsigned char *)p)) { found[count++] = p; }
    }
    for (unsigned long p = 0x10000; p < 0x100000 && count < 4096; p += 4096) {
        if (can_read((unsigned char *)p)) { found[count++] = p; }
    }
    fprintf(stderr, "readable pages that are not ours: %d\n", count);
    int died = 0, hung = 0, ended = 0;
    for (int i = 0; i < count && i < 6; i++) {
        for (int offset = 0; offset < 4096; offset += i == 0 ? 7 : 97) {
            int how = jump(found[i] + offset, offset * 31 + i);
            if (how == 1) {
                died++;
            } else if (how == 2) {
                hung++;
            } else {
                ended++;
            }
        }
    }
    fprintf(stderr, "died %d ended %d killed after hanging %d\n", died, ended, hung);
    say("survived");
    return 0;
}
