// SPDX-License-Identifier: Apache-2.0
// Jumps to the stub's own call instructions to map the descriptors that the stub keeps of files that were mapped:
// privately that is no more than was allowed before; shared, or with other flags, it must end the process.
// @host no
// @timeout 120
#include "../guest/t.h"

#define CODE 0x7fff80000000UL
#define PLACE ((unsigned char *)0x200000000UL)

static volatile int *seen;
static char alternate[65536];
static struct { unsigned long site, protection, flags, fd; } attack;

// What the attacking thread does after its call is of no interest.
static void on_fault(int signal)
{
    (void)signal;
    for (;;) { pause(); }
}

static void *attacker(void *unused)
{
    (void)unused;
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    MUST(sigaltstack(&stack, NULL));
    register unsigned long r10 __asm__("r10") = attack.flags;
    register unsigned long r8 __asm__("r8") = attack.fd;
    register unsigned long r9 __asm__("r9") = 0;
    __asm__ volatile("jmp *%%rcx" ::"c"(attack.site), "a"(SYS_mmap), "D"(PLACE), "S"(PAGE), "d"(attack.protection),
        "r"(r10), "r"(r8), "r"(r9) : "memory");
    return NULL;
}

// 1 when the file's page was there, if only for a moment; else 0, whether the process lives or not.
static int maps(void)
{
    *seen = 0;
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        pthread_t t;
        if (pthread_create(&t, NULL, attacker, NULL) != 0) { _exit(2); }
        int64_t end = now_ns(CLOCK_MONOTONIC) + 20000000;
        while (now_ns(CLOCK_MONOTONIC) < end) {
            for (int i = 0; i < 1000; i++) { if (*(volatile unsigned char *)PLACE == 0x7f) { *seen = 1; } }
        }
        _exit(0);
    }
    int status;
    for (int waited = 0; waitpid(pid, &status, WNOHANG) == 0; waited++) {
        if (waited > 2000) {
            MUST(kill(pid, SIGKILL));
            MUST(waitpid(pid, &status, 0));
            break;
        }
        sleep_ms(1);
    }
    return *seen;
}

// Whether an instruction maps a kept file in one of some tries: the thread that looks must run at that moment.
static int maps_kept(unsigned long site, int tries)
{
    attack.site = site;
    attack.protection = PROT_READ;
    attack.flags = MAP_PRIVATE | MAP_FIXED;
    for (int i = 0; i < tries; i++) {
        attack.fd = i % 2;
        if (maps()) { return 1; }
    }
    return 0;
}

static unsigned long find_site(void)
{
    unsigned char *code = (unsigned char *)CODE;
    for (int round = 0; round < 40; round++) {
        for (int offset = 0; offset < 4095; offset++) {
            if (code[offset] == 0x0f && code[offset + 1] == 0x05 && maps_kept(CODE + offset, 2)) { return CODE + offset; }
        }
    }
    return 0;
}

int main(void)
{
    static const struct { int protection, flags; unsigned long fd; } kinds[] = {
        { PROT_READ, MAP_SHARED | MAP_FIXED, 0 },
        { PROT_READ, MAP_SHARED | MAP_FIXED, 1 },
        { PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, 1 },
        { PROT_READ, MAP_SHARED_VALIDATE | MAP_FIXED, 1 },
        { PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_POPULATE, 1 },
        { PROT_READ, MAP_PRIVATE | MAP_FIXED, 16 },
        { PROT_READ, MAP_PRIVATE | MAP_FIXED, 1UL << 32 | 1 },
    };
    int file = (int)MUST(open("/usr/bin/env", O_RDONLY));
    void *mapped = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, file, 0));
    MUST(munmap(mapped, PAGE));
    close(file);
    seen = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    MUST(mmap(PLACE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    MUST(sigaction(SIGILL, &action, NULL));
    // Without the instruction found, the rest would say nothing.
    unsigned long site = find_site();
    if (site == 0) { return 2; }
    int controls = 0;
    for (int round = 0; round < 20; round++) {
        controls += maps_kept(site, 4);
        for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
            attack.protection = kinds[kind].protection;
            attack.flags = kinds[kind].flags;
            attack.fd = kinds[kind].fd;
            if (maps()) {
                say("kind %zu was mapped", kind);
                return 1;
            }
        }
    }
    fprintf(stderr, "site %lx, seen %d times of 20\n", site - CODE, controls);
    return 0;
}
