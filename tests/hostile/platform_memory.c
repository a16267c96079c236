// SPDX-License-Identifier: Apache-2.0
// Writes to the platform's memory by every way there is: stores, results of calls, mmap, munmap, mprotect,
// mremap and madvise over it, /proc/self/mem and process_vm_writev; each faults, fails or is harmless, to
// this process's children and to its neighbours.
// @host no
// @timeout 90
#include "attack.h"
#include <setjmp.h>

static sigjmp_buf back;
static char alternate[65536];
static void on_fault(int signal) { siglongjmp(back, signal); }

static int can(int writing, volatile unsigned char *p)
{
    if (sigsetjmp(back, 1)) { return 0; }
    unsigned char c = *p;
    if (writing) { *p = c; }
    return 1;
}

static unsigned long pages[512];
static int page_count, wrong;

static void find(unsigned long from, unsigned long to)
{
    for (unsigned long p = from; p < to && page_count < 512; p += 4096) {
        if (can(0, (unsigned char *)p)) { pages[page_count++] = p; }
    }
}

// Whether a fresh process, and this one, still get right answers through every site.
static int works(void)
{
    int ok = 1;
    for (int i = 0; i < 40; i++) { ok &= ENTER0(SITE(attack_mov, i), -1) == gettid(); }
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        execl("/bin/true", "true", NULL);
        _exit(1);
    }
    int status = -1;
    MUST(waitpid(child, &status, 0));
    return ok && status == 0;
}

// What can be stored into from here: no code and no table.
static void stores(void)
{
    int writable = 0, code = 0;
    for (int i = 0; i < page_count; i++) {
        if (can(1, (unsigned char *)pages[i])) {
            writable++;
            code += pages[i] < STUB_AREAS;
        }
    }
    fprintf(stderr, "pages %d, writable %d\n", page_count, writable);
    say("code or table that can be written: %d", code);
    wrong += code;
}

// Results of calls put there. Nothing there is the guest's, so each fails, and writes nothing.
static void results(void)
{
    int zero = (int)MUST(open("/dev/zero", O_RDONLY)), ends[2], succeeded = 0;
    MUST(pipe(ends));
    for (int i = 0; i < page_count; i++) {
        char *p = (char *)pages[i] + random_word() % 4000;
        struct iovec in = { p, 16 };
        succeeded += syscall(SYS_read, zero, p, 16) != -1;
        succeeded += syscall(SYS_readv, zero, &in, 1) != -1;
        succeeded += syscall(SYS_fstat, zero, p) != -1;
        succeeded += syscall(SYS_getrandom, p, 16, 0) != -1;
        succeeded += syscall(SYS_clock_gettime, CLOCK_MONOTONIC, p) != -1;
        succeeded += syscall(SYS_pipe2, p, 0) != -1;
        succeeded += syscall(SYS_futex, (long)p & -4, 1, 1, NULL, NULL, 0) > 0;
        // Nor can it be read by them.
        succeeded += syscall(SYS_write, ends[1], p, 16) != -1;
        succeeded += syscall(SYS_access, p, F_OK) != -1 || errno != EFAULT;
        char here[16];
        struct iovec local = { here, 16 }, remote = { p, 16 };
        succeeded += syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0) != -1;
        succeeded += syscall(SYS_process_vm_writev, getpid(), &local, 1, &remote, 1, 0) != -1;
    }
    // A buffer that runs from the last page of the program's into them.
    char *last = mmap((void *)(STUB_CODE - 4096), 4096, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (last != MAP_FAILED) {
        long n = syscall(SYS_read, zero, last + 4000, 8000);
        succeeded += n != 96;
        memset(last, 1, 4096);
        succeeded += syscall(SYS_write, ends[1], last + 4000, 8000) > 96;
        strcpy(last, "/");
        memset(last + 3000, '/', 1096);
        succeeded += syscall(SYS_access, last + 3000, F_OK) != -1 || errno != EFAULT;
    }
    close(zero);
    close(ends[0]);
    close(ends[1]);
    say("calls that reached it: %d", succeeded);
    wrong += succeeded;
}

static void memory_calls(unsigned long p)
{
    pid_t child = (pid_t)MUST(fork());
    if (child != 0) {
        finish(child, 1000);
        return;
    }
    void *at = (void *)p;
    int file = open("/proc/self/exe", O_RDONLY), mem = open("/proc/self/mem", O_RDWR);
    syscall(SYS_mprotect, at, 4096, 7);
    syscall(SYS_mprotect, at, 1 << 20, 7);
    some_calls(1);
    if (mem >= 0) { pwrite(mem, "\xcc\xcc\xcc\xcc", 4, (long)p); }
    some_calls(2);
    syscall(SYS_madvise, at, 4096, MADV_DONTNEED);
    syscall(SYS_madvise, at, 4096, MADV_REMOVE);
    syscall(SYS_mlock, at, 4096);
    some_calls(3);
    syscall(SYS_mremap, at, 4096, 8192, MREMAP_MAYMOVE, 0);
    syscall(SYS_mremap, &alternate, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, at);
    some_calls(4);
    syscall(SYS_mmap, at, 4096, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    syscall(SYS_mmap, at, 4096, 5, MAP_PRIVATE | MAP_FIXED, file, 0);
    syscall(SYS_mmap, (char *)at - 8192, 16384, 7, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    some_calls(5);
    syscall(SYS_munmap, at, 4096);
    syscall(SYS_munmap, (char *)at - 4096, 1 << 20);
    some_calls(6);
    memset((void *)p, 0xcc, 16);
    some_calls(7);
    _exit(0);
}

int main(void)
{
    for (int i = 0; i < 40; i++) { some_calls(i); }
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    find(0x10000, 0x100000);
    find(STUB_CODE, STUB_CODE + 0x100000);
    find(STUB_AREAS, STUB_AREAS + 0x100000);
    stores();
    results();
    wrong += !works();
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
    for (int i = 0; i < page_count && i < 80; i++) { memory_calls(pages[i]); }
    memory_calls(STUB_TABLE);
    memory_calls(STUB_AREAS + 65536 * 5);
    report("memory calls");
    wrong += !works();
    say("wrong %d", wrong);
    return wrong != 0;
}
