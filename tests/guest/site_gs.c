// SPDX-License-Identifier: Apache-2.0
// Programs that use gs: arch_prctl and wrgsbase, pointing at nothing, at unmapped and protected memory, at
// memory full of copies of anything, at the program's own text; calls go on working at every shape of site,
// and the value is the program's own, also across threads, fork, signals and exec.
// @timeout 60
#include "sites.h"
#include <asm/prctl.h>
#include <sys/auxv.h>

SITES(mov_sites, 600, MOV_SITE(186));
SITES(xor_sites, 600, XOR_SITE);
SITES(cave_sites, 600, CAVE_SITE);
SITES(bare_sites, 50, BARE_SITE);

static int zero, wrong, next_site, fsgsbase;
static char *full, *protected, *unmapped, *straddling;

static void expect(const char *what, int index, long got, long wanted)
{
    // A guest that has set no gs reads, without a call, where the platform keeps its thread area.
    got = (unsigned long)got - 0x7fff90000000 < 0x20000000 ? 0 : got;
    wanted = (unsigned long)wanted - 0x7fff90000000 < 0x20000000 ? 0 : wanted;
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d: %lx instead of %lx", what, index, got, wanted);
    }
}

static unsigned long get_gs(void)
{
    unsigned long value = 0x77;
    syscall(SYS_arch_prctl, ARCH_GET_GS, &value);
    return value;
}

__attribute__((target("fsgsbase"))) static unsigned long read_gs(void)
{
    return fsgsbase ? __builtin_ia32_rdgsbase64() : get_gs();
}

__attribute__((target("fsgsbase"))) static void write_gs(int how, unsigned long value)
{
    if (how && fsgsbase) {
        __builtin_ia32_wrgsbase64(value);
    } else {
        expect("ARCH_SET_GS", how, syscall(SYS_arch_prctl, ARCH_SET_GS, value), 0);
    }
}

// Calls through sites that were used before and through new ones.
static void calls(unsigned long gs)
{
    char byte = 5;
    long tid = gettid();
    for (int n = 0; n < 8; n++) {
        int i = __atomic_fetch_add(&next_site, n & 1, __ATOMIC_RELAXED) % 600;
        expect("mov", i, ENTER0(SITE(mov_sites, i), -1), tid);
        expect("gs after mov", i, read_gs(), gs);
        byte = 5;
        expect("xor", i, ENTER3(SITE(xor_sites, i), -1, zero, &byte, 1) * 10 + byte, 10);
        expect("gs after xor", i, read_gs(), gs);
        expect("cave", i, ENTER1(SITE(cave_sites, i), SYS_close, -1), -EBADF);
        expect("bare", i, ENTER0(SITE(bare_sites, i % 50), SYS_gettid), tid);
        expect("gs after bare", i, read_gs(), gs);
    }
    expect("ARCH_GET_GS", 0, get_gs(), gs);
}

static unsigned long values[24];
static int value_count;

static void *thread(void *number)
{
    long me = (long)number;
    // A new thread starts with the creator's value.
    expect("inherited", (int)me, read_gs(), values[me]);
    for (int i = 0; i < 60; i++) {
        unsigned long value = values[(me * 5 + i) % value_count];
        write_gs((int)(me + i) & 1, value);
        calls(value);
    }
    return NULL;
}

static volatile unsigned long seen;
static void handler(int signal)
{
    (void)signal;
    seen = read_gs();
    calls(seen);
}
static void changing_handler(int signal)
{
    (void)signal;
    write_gs(1, (unsigned long)full + 24);
}

int main(int argc, char **argv)
{
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    fsgsbase = (getauxval(AT_HWCAP2) & 2) != 0;
    if (argc > 1) {
        say("after exec %d", read_gs() == 0 || read_gs() - 0x7fff90000000 < 0x20000000);
        calls(0);
        say("wrong %d", wrong);
        return 0;
    }
    full = MUSTP(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    protected = MUSTP(mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    unmapped = MUSTP(mmap(NULL, 1 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    straddling = MUSTP(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    MUST(munmap(unmapped, 1 << 20));
    MUST(mprotect(straddling + 4096, 4096, PROT_NONE));
    unsigned long set[] = { 0, 1, 0x1000, 0x60000, 0x61008, (unsigned long)full, (unsigned long)full + 65536,
        (unsigned long)full + 3, (unsigned long)full + (1 << 20) - 8, (unsigned long)protected + 4096,
        (unsigned long)unmapped + 65536, (unsigned long)straddling, (unsigned long)straddling + 4090,
        (unsigned long)main & ~0xfffUL, (unsigned long)&zero, (unsigned long)&set, 0x7fff7fff0000 };
    value_count = (int)(sizeof set / sizeof set[0]);
    memcpy(values, set, sizeof set);
    say("at first %d", read_gs() == 0 || read_gs() - 0x7fff90000000 < 0x20000000);
    // What a guest could copy: whatever can be read where gs may point on the platform.
    for (int fill = 0; fill < 4; fill++) {
        for (int i = 0; i < 1 << 20; i += 8) {
            unsigned long word = fill == 0 ? 0
                : fill == 1                ? -1UL
                : fill == 2                ? (unsigned long)full
                                           : 0x7fff90000000;
            *(unsigned long *)(full + i) = word;
        }
        for (int how = 0; how < 2; how++) {
            for (int i = 0; i < value_count; i++) {
                write_gs(how, values[i]);
                calls(values[i]);
            }
            write_gs(how, 0);
            calls(0);
        }
        say("fill %d: wrong %d", fill, wrong);
    }
    unsigned long number = 123;
    memcpy(full + 512, &number, 8);
    write_gs(0, (unsigned long)full);
    calls((unsigned long)full);
    unsigned long got;
    __asm__ volatile("mov %%gs:512, %0" : "=r"(got));
    say("memory through gs %lu", got);
    errno = 0;
    SHOW(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x8000000000000000));
    SHOW(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x7ffffffff000));
    SHOW(syscall(SYS_arch_prctl, ARCH_GET_GS, BAD));
    say("still %d", read_gs() == (unsigned long)full);

    pthread_t t[4];
    for (long i = 0; i < 4; i++) {
        write_gs(1, values[i]);
        pthread_create(&t[i], NULL, thread, (void *)i);
        calls(values[i]);
    }
    for (int i = 0; i < 4; i++) { pthread_join(t[i], NULL); }
    say("threads: wrong %d", wrong);

    signal(SIGUSR1, handler);
    signal(SIGUSR2, changing_handler);
    for (int i = 0; i < value_count; i++) {
        write_gs(i & 1, values[i]);
        raise(SIGUSR1);
        expect("in a handler", i, seen, values[i]);
        calls(values[i]);
        // gs is no part of a signal's frame.
        raise(SIGUSR2);
        calls((unsigned long)full + 24);
    }
    say("signals: wrong %d", wrong);
    write_gs(1, (unsigned long)protected);
    CHILD("fork", calls((unsigned long)protected); write_gs(1, 0x1234); calls(0x1234);
          say("wrong %d", wrong));
    calls((unsigned long)protected);
    say("fork: wrong %d", wrong);
    // A selector in gs, as an old program would load it.
    unsigned short selector;
    __asm__ volatile("mov %%gs, %0" : "=r"(selector));
    say("selector %d", selector);
    __asm__ volatile("mov %0, %%gs" ::"r"(0));
    if (!fsgsbase) {
        // CPU and kernel decide between them whether such a load changes the base.
        write_gs(0, 0);
    }
    calls(read_gs());
    write_gs(1, (unsigned long)unmapped);
    char *again[] = { argv[0], "again", NULL };
    MUST(execv(argv[0], again));
    return 1;
}
