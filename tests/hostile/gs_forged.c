// SPDX-License-Identifier: Apache-2.0
// gs that points where the platform's own pointer would: at copies of thread areas, at other threads' areas,
// at an area's edges, while calls are made through rewritten sites; wrgsbase needs no call to do it.
// @host no
// @timeout 90
#include "attack.h"
#include <asm/prctl.h>
#include <setjmp.h>
#include <sys/auxv.h>

static sigjmp_buf back;
static char alternate[65536];
static unsigned long areas[64];
static int area_count, fast;
static char *copies;
static volatile int stop;

static void on_fault(int signal) { siglongjmp(back, signal); }

static int can_read(volatile unsigned long *p)
{
    if (sigsetjmp(back, 1)) { return 0; }
    (void)*p;
    return 1;
}

__attribute__((target("fsgsbase"))) static void set_gs(unsigned long value)
{
    if (fast) {
        __builtin_ia32_wrgsbase64(value);
    } else {
        syscall(SYS_arch_prctl, ARCH_SET_GS, value);
    }
}

static void find_areas(void)
{
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    area_count = 0;
    for (unsigned long p = STUB_AREAS; p < STUB_AREAS + (4 << 20) && area_count < 64; p += 65536) {
        if (can_read((unsigned long *)p)) { areas[area_count++] = p; }
    }
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
}

static void copy_areas(void)
{
    for (int i = 0; i < area_count && i < 8; i++) { memcpy(copies + 65536L * i, (void *)areas[i], 65536); }
}

static unsigned long hostile_gs(int kind)
{
    unsigned long copy = (unsigned long)copies + random_word() % 8 * 65536;
    unsigned long area = area_count ? areas[random_word() % area_count] : STUB_AREAS;
    switch (kind) {
        case 0: return copy;
        case 1: return area;
        case 2: return area + 8 * (random_word() % 8192);
        case 3: return copy + 8 * (random_word() % 8192);
        case 4: return STUB_AREAS - 8;
        case 5: return STUB_AREAS + 65536UL * (64 + random_word() % 4096);
        case 6: return STUB_CODE + random_word() % 8192;
        case 7: return area + 65536 - 8;
        case 8: return (unsigned long)copies + 8 * 65536 - random_word() % 64;
        case 9: return STUB_TABLE + random_word() % 65536;
        case 10: return -8UL;
        default: return random_word() >> 17;
    }
}

static void *caller(void *kind)
{
    for (int i = 0; !stop; i++) {
        if (i % 5 == 0) { set_gs(hostile_gs((int)(long)kind)); }
        some_calls(i);
    }
    return NULL;
}

static void *waiter(void *fd)
{
    char byte;
    for (;;) {
        if (ENTER3(SITE(attack_read, 3), -1, (long)fd, &byte, 1) <= 0) { return NULL; }
    }
}

static void attack(int kind)
{
    pid_t child = (pid_t)MUST(fork());
    if (child != 0) {
        finish(child, 1000);
        return;
    }
    random_state += getpid() * 77 + kind;
    int p[2];
    pipe(p);
    some_calls(0);
    pthread_t t;
    // One thread waits in a call, others are in calls of their own: they are what gs is pointed at.
    pthread_create(&t, NULL, waiter, (void *)(long)p[0]);
    pthread_create(&t, NULL, caller, (void *)(random_word() % 2 ? (long)kind : 0L));
    usleep(1000);
    find_areas();
    copy_areas();
    for (int i = 0; i < 25; i++) {
        if (i % 8 == 7) { copy_areas(); }
        set_gs(hostile_gs(kind));
        some_calls(i);
        if (i % 6 == 0) { ENTER3(SITE(attack_any, i), SYS_write, p[1], "x", 1); }
    }
    set_gs(0);
    some_calls(1);
    _exit(0);
}

int main(void)
{
    fast = (getauxval(AT_HWCAP2) & 2) != 0;
    copies = MUSTP(mmap(NULL, 8 * 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    some_calls(0);
    find_areas();
    fprintf(stderr, "areas %d\n", area_count);
    for (int kind = 0; kind < 12; kind++) {
        int64_t end = now_ms() + 1800;
        for (int i = 0; i < 60 && now_ms() < end; i++) { attack(kind); }
        char name[32];
        snprintf(name, sizeof name, "kind %d", kind);
        report(name);
    }
    // This process was only copied from: its calls still work.
    some_calls(2);
    int works = ENTER0(SITE(attack_mov, 1), -1) == gettid();
    say("survived %d", works);
    return !works;
}
