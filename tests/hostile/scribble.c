// SPDX-License-Identifier: Apache-2.0
// Overwrites every writable page it can find, its own and the platform's thread areas, in many ways, then
// makes system calls.
// @host no
// @timeout 120
#include "../guest/t.h"
#include <setjmp.h>

static sigjmp_buf resume;
static char alternate[65536];
static void on_fault(int signal) { siglongjmp(resume, signal); }

static int can_write(volatile unsigned long *p)
{
    if (sigsetjmp(resume, 1)) { return 0; }
    *p = *p;
    return 1;
}

static unsigned long found[8192];
static int count;

static void scan(unsigned long from, unsigned long to, unsigned long step)
{
    for (unsigned long p = from; p < to && count < 8192; p += step) {
        if (can_write((unsigned long *)p)) { found[count++] = p; }
    }
}

static void attack(int kind)
{
    unsigned long random = 88172645463325252UL + kind;
    for (int i = 0; i < count; i++) {
        volatile unsigned long *page = (unsigned long *)found[i];
        for (int k = 0; k < 512; k++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            switch (kind % 5) {
                case 0: page[k] = random; break;
                case 1: page[k] = 0; break;
                case 2: page[k] = -1UL; break;
                case 3: page[k] = found[random % count] + random % 4096; break;
                default:
                    if (random % 17 == 0) { page[k] ^= 1UL << (random % 64); }
                    break;
            }
        }
    }
}

static void *attacker(void *kind)
{
    for (int i = 0; i < 200; i++) { attack((int)(long)kind + i); }
    return NULL;
}

int main(void)
{
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    scan(0x7fff80000000, 0x7fff80040000, 4096);
    scan(0x7fff90000000, 0x7fff90400000, 4096);
    scan(0x7fff90400000, 0x7ffffffff000, 1 << 20);
    fprintf(stderr, "writable pages that are not ours: %d\n", count);
    int died = 0, hung = 0, ended = 0;
    for (int kind = 0; kind < 40; kind++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            for (int i = 1; i < 32; i++) { signal(i, SIG_DFL); }
            alarm(1);
            pthread_t t;
            if (kind >= 20) { pthread_create(&t, NULL, attacker, (void *)(long)kind); }
            for (int i = 0; i < 50; i++) {
                attack(kind + i);
                syscall(SYS_getppid);
                syscall(SYS_write, 99, "x", 1);
                syscall(SYS_mmap, NULL, 4096, 3, 0x22, -1, 0);
            }
            _exit(0);
        }
        int status, waited = 0;
        while (waitpid(pid, &status, WNOHANG) == 0) {
            if (waited++ > 600) {
                hung++;
                kill(pid, SIGKILL);
                waitpid(pid, &status, 0);
                break;
            }
            sleep_ms(1);
        }
        if (WIFSIGNALED(status)) {
            died++;
        } else {
            ended++;
        }
    }
    fprintf(stderr, "died %d ended %d killed after hanging %d\n", died, ended, hung);
    say("survived");
    return 0;
}
