// SPDX-License-Identifier: Apache-2.0
// System calls by other doors: int 0x80, sysenter, the vsyscall page, 32-bit code, syscall at page ends, in
// writable pages, in pages that change, with the direction flag set, with gs and fs changed.
// @host no
// @timeout 60
#include "../guest/t.h"

static int run(const char *what, void (*body)(void))
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        alarm(2);
        body();
        _exit(7);
    }
    int status;
    MUST(waitpid(pid, &status, 0));
    fprintf(stderr, "%s: %x\n", what, status);
    return status;
}

static void int80(void)
{
    long r;
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(20) : "memory");
    fprintf(stderr, "int 0x80 gives %ld\n", r);
    __asm__ volatile("int $0x80" : "=a"(r) : "a"(1), "b"(9) : "memory");
}
static void sysenter(void) { __asm__ volatile("sysenter" ::"a"(20) : "rcx", "rdx", "memory"); }
static void vsyscall(void)
{
    long (*page)(long *) = (long (*)(long *))0xffffffffff600400;
    fprintf(stderr, "vsyscall time %d\n", page(NULL) > 0);
}
static void compatibility(void)
{
    char *low = mmap(NULL, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    memcpy(low, "\xb8\x01\x00\x00\x00\xbb\x05\x00\x00\x00\xcd\x80", 12);
    __asm__ volatile("push $0x23; push %0; lretq" ::"r"(low) : "memory");
}

// A syscall instruction in a page of our own: at its start, at its very end, moved while it runs.
static void own_page(void)
{
    unsigned char *p = mmap(NULL, 8192, 7, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int at = 0; at < 4094; at += 13) {
        memcpy(p + at, "\x0f\x05\xc3", 3);
        long r;
        __asm__ volatile("call *%1" : "=a"(r) : "r"(p + at), "a"(SYS_getppid) : "rcx", "r11", "memory");
    }
    memcpy(p + 4093, "\x0f\x05\xc3", 3);
    munmap(p + 4096, 4096);
    long r;
    __asm__ volatile("call *%1" : "=a"(r) : "r"(p + 4093), "a"(SYS_getppid) : "rcx", "r11", "memory");
    fprintf(stderr, "at the end of a page: %d\n", r >= 0);
    for (int i = 0; i < 200; i++) {
        memcpy(p, "\xb8\x6e\x00\x00\x00\x0f\x05\xc3", 8);
        mprotect(p, 4096, PROT_READ | PROT_EXEC);
        __asm__ volatile("call *%1" : "=a"(r) : "r"(p) : "rcx", "r11", "memory");
        mprotect(p, 4096, 7);
        memset(p, 0xcc, 64);
    }
}

static void direction(void)
{
    long r;
    __asm__ volatile("std; syscall; cld" : "=a"(r) : "a"(SYS_getpid) : "rcx", "r11", "memory");
    char text[] = "backwards";
    __asm__ volatile("std; syscall; cld"
                     : "=a"(r)
                     : "a"(SYS_write), "D"(2), "S"(text), "d"(0)
                     : "rcx", "r11", "memory");
}

static void segments(void)
{
    __asm__ volatile("mov %0, %%gs" ::"r"(0x2b));
    getppid();
    syscall(SYS_arch_prctl, 0x1001, 0x7fff90000000);
    getppid();
    syscall(SYS_arch_prctl, 0x1001, 1);
    getppid();
    __asm__ volatile(
        "xor %%eax, %%eax; mov %%ax, %%gs; mov %%ax, %%fs; mov $110, %%eax; syscall;"
        "mov $60, %%eax; mov $8, %%edi; syscall" ::
            : "rax", "rdi", "rcx", "r11", "memory");
}

static void wrong_stack(void)
{
    __asm__ volatile("xor %%esp, %%esp; mov $110, %%eax; syscall; mov $60, %%eax; mov $9, %%edi; syscall" ::
                         : "rax", "rdi", "rcx", "r11", "memory");
}

static void no_stack_room(void)
{
    __asm__ volatile(
        "mov $0x7fff90001000, %%rsp; mov $110, %%eax; syscall; mov $60, %%eax; mov $10, %%edi; syscall" ::
            : "rax", "rdi", "rcx", "r11", "memory");
}

static void trap_flag(void)
{
    signal(SIGTRAP, SIG_IGN);
    __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; mov $110, %%eax; syscall; nop" ::
                         : "rax", "rcx", "r11", "memory", "cc");
}

int main(void)
{
    run("int 0x80", int80);
    run("sysenter", sysenter);
    run("vsyscall", vsyscall);
    run("32-bit code", compatibility);
    say("own page %d", WEXITSTATUS(run("own page", own_page)));
    say("direction flag %d", WEXITSTATUS(run("direction", direction)));
    say("segments %d", WEXITSTATUS(run("segments", segments)));
    say("no stack %d", WEXITSTATUS(run("no stack", wrong_stack)));
    say("the platform's stack %d", WEXITSTATUS(run("platform's stack", no_stack_room)));
    run("trap flag", trap_flag);
    return 0;
}
