// SPDX-License-Identifier: Apache-2.0
// Jumps to every byte of the platform's code, of its table and of its trampolines, with random registers,
// some of them plausible: a fault is caught and the next byte tried, a process that dies is followed by
// another.
// @host no
// @timeout 150
#include "attack.h"
#include <sched.h>
#include <setjmp.h>

// Seen by all generations of the jumping process.
static struct progress {
    volatile long next, jumps, faults, returns;
} * progress;
static sigjmp_buf back;
static char alternate[65536];
static unsigned long ranges[64][2];
static int range_count;

long jump_registers[16];
void *jump_target;
long jump_stack[512];
static long saved_rsp __attribute__((used));

// Loads all registers, among them rsp, which points at a stack of addresses that lead back here; jumps.
void jump(void);
__asm__(
    ".text\njump:\npush %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\nmov %rsp, "
    "saved_rsp(%rip)\n"
    "lea jump_registers(%rip), %rax\nmov 8(%rax), %rbx\nmov 16(%rax), %rcx\nmov 24(%rax), %rdx\n"
    "mov 32(%rax), %rsi\nmov 40(%rax), %rdi\nmov 48(%rax), %rbp\nmov 56(%rax), %r8\nmov 64(%rax), %r9\n"
    "mov 72(%rax), %r10\nmov 80(%rax), %r11\nmov 88(%rax), %r12\nmov 96(%rax), %r13\nmov 104(%rax), %r14\n"
    "mov 112(%rax), %r15\nmov 120(%rax), %rsp\nmov (%rax), %rax\njmp *jump_target(%rip)\n"
    ".globl jump_back\njump_back: mov saved_rsp(%rip), %rsp\ncld\n"
    "pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");
extern char jump_back[];

static void on_fault(int signal)
{
    (void)signal;
    siglongjmp(back, 1);
}

static int can_read(volatile unsigned char *p)
{
    if (sigsetjmp(back, 1)) { return 0; }
    (void)*p;
    return 1;
}

static void handlers(void)
{
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS };
    for (int i = 0; i < 6; i++) { MUST(sigaction(signals[i], &action, NULL)); }
}

static void find(unsigned long from, unsigned long to)
{
    for (unsigned long p = from; p < to; p += 4096) {
        if (!can_read((unsigned char *)p)) { continue; }
        if (range_count > 0 && ranges[range_count - 1][1] == p) {
            ranges[range_count - 1][1] = p + 4096;
        } else if (range_count < 64) {
            ranges[range_count][0] = p;
            ranges[range_count++][1] = p + 4096;
        }
    }
}

static long plausible(void)
{
    switch (random_word() % 12) {
        case 0: return 0;
        case 1: return (long)(STUB_AREAS + (random_word() & 0xffff8));
        case 2: return (long)(STUB_CODE + random_word() % 8192);
        case 3: return (long)&jump_stack[64];
        case 4: return (long)jump_back;
        case 5: return (long)(random_word() % 460);
        case 6: return (long)(random_word() % 8);
        case 7: return -1;
        case 8: return (long)SITE(attack_mov, random_word() % 40) + (long)(random_word() % 8);
        case 9: return (long)(STUB_TABLE + random_word() % 0x10000);
        default: return (long)random_word();
    }
}

static void jump_on(long total)
{
    handlers();
    random_state += progress->jumps * 977;
    // What the platform's code may call before it comes back must not be a call that ends others.
    setpgid(0, 0);
    while (progress->next < total) {
        long n = progress->next++;
        progress->jumps++;
        int i = 0;
        for (long at = n; at >= (long)(ranges[i][1] - ranges[i][0]); i++) {
            at -= ranges[i][1] - ranges[i][0];
            n = at;
        }
        for (int k = 0; k < 16; k++) { jump_registers[k] = plausible(); }
        if (random_word() % 4) { jump_registers[15] = (long)&jump_stack[64]; }
        for (int k = 0; k < 512; k++) { jump_stack[k] = (long)jump_back; }
        jump_target = (void *)(ranges[i][0] + n);
        if (sigsetjmp(back, 1) == 0) {
            jump();
            progress->returns++;
        } else {
            progress->faults++;
        }
    }
    _exit(0);
}

// The first process of a PID namespace, so that calls by chance (kill of everybody) do not reach further.
static void watch(long total)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { jump_on(total); }
    int status;
    MUST(waitpid(child, &status, 0));
    _exit(WIFSIGNALED(status) ? 99 : 0);
}

int main(void)
{
    progress = MUSTP(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < 40; i++) { some_calls(i); }
    handlers();
    find(STUB_CODE, STUB_CODE + 0x10000);
    find(0x10000, 0x100000);
    // Trampolines, wherever they are between the code and the areas, and behind.
    find(STUB_CODE + 0x10000, STUB_CODE + 0x400000);
    long total = 0;
    for (int i = 0; i < range_count; i++) {
        if (ranges[i][1] - ranges[i][0] > 0x8000) { ranges[i][1] = ranges[i][0] + 0x8000; }
        fprintf(stderr, "%lx-%lx\n", ranges[i][0], ranges[i][1]);
        total += (long)(ranges[i][1] - ranges[i][0]);
    }
    int apart = geteuid() == 0 ? CLONE_NEWPID : CLONE_NEWPID | CLONE_NEWUSER;
    int64_t limit = now_ms() + 60000;
    for (int round = 0; round < 3 && now_ms() < limit; round++) {
        progress->next = 0;
        while (progress->next < total && now_ms() < limit) {
            long before = progress->jumps;
            pid_t child = (pid_t)MUST(syscall(SYS_clone, apart | SIGCHLD, 0, 0, 0, 0));
            if (child == 0) { watch(total); }
            // Killed when a jump takes too long, not when all of them together do.
            int status;
            int64_t moved = now_ms();
            while (waitpid(child, &status, WNOHANG) == 0) {
                if (progress->jumps != before) {
                    before = progress->jumps;
                    moved = now_ms();
                }
                if (now_ms() - moved > 150 || now_ms() > limit) {
                    hung++;
                    kill(child, SIGKILL);
                    waitpid(child, &status, 0);
                    break;
                }
                usleep(500);
            }
            if (WIFSIGNALED(status) || WEXITSTATUS(status) == 99) {
                died++;
            } else {
                ended++;
            }
            kill(-child, SIGKILL);
            while (waitpid(-1, NULL, WNOHANG | __WALL) > 0) {}
        }
    }
    fprintf(stderr, "jumps %ld, faults %ld, returns %ld, of %ld bytes\n", progress->jumps, progress->faults,
        progress->returns, total);
    report("processes");
    say("survived");
    return 0;
}
