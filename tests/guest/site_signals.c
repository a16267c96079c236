// SPDX-License-Identifier: Apache-2.0
// Signal storms over call sites: real-time signals from another thread, all counted and in order, with a
// timer beside them, while threads call getppid, read, write, futex and nanosleep; the interrupted context
// lies in the program's own text, at an instruction, with the registers it had.
// @timeout 90
#include "sites.h"
#include <linux/futex.h>
#include <sys/auxv.h>
#include <ucontext.h>

SITES(getppid_sites, 300, MOV_SITE(110));
SITES(read_sites, 300, XOR_SITE);
SITES(write_sites, 300, MOV_SITE(1));
SITES(futex_sites, 300, CAVE_SITE);
SITES(sleep_sites, 300, MOV_SITE(35));
SITES(bare_sites, 30, BARE_SITE);

enum { TARGETS = 3, SIGNALS = 1200 };
extern char __executable_start, etext;
static long parent;
static int null, flags, bad_places, wrong, reader_ends[TARGETS], writer_ends[TARGETS];
static volatile int finished;
static struct target {
    pthread_t thread;
    char *low, *high, *alternate;
    volatile int received, tid;
    volatile int ready;
    unsigned char next;
} targets[TARGETS];
static __thread struct target *me;
static volatile int alarms;

static void bad(const char *what, long value)
{
    if (__atomic_fetch_add(&bad_places, 1, __ATOMIC_RELAXED) < 10) { say("%s: %lx", what, value); }
}

static void expect(const char *what, long got, long wanted, long or)
{
    if (got != wanted && got != or &&__atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s: %ld instead of %ld or %ld", what, got, wanted, or);
    }
}

// call_with_marks(site, rax, rdi, rsi, rdx, r10): as enter, with marks in the registers a call preserves.
long call_with_marks(void *site, long rax, long rdi, long rsi, long rdx, long r10);
__asm__(
    ".text\ncall_with_marks:\npush %rbx\npush %rbp\npush %r12\npush %r13\npush %r14\npush %r15\n"
    "mov %rdi, %r11\nmov %rsi, %rax\nmov %rdx, %rdi\nmov %rcx, %rsi\nmov %r8, %rdx\nmov %r9, %r10\n"
    "mov $0x1b1b, %ebx\nmov %rsp, %rbp\nmov $0x1c12, %r12d\nmov $0x1c13, %r13d\nmov $0x1c14, %r14d\nmov "
    "$0x1c15, %r15d\n"
    "mov $0x808, %r8d\nmov $0x909, %r9d\n"
    "marked_begin: call *%r11\nmarked_end:\n"
    "cmp %rbp, %rsp\njne 1f\ncmp $0x1b1b, %rbx\njne 1f\ncmp $0x1c12, %r12\njne 1f\ncmp $0x1c13, %r13\njne "
    "1f\n"
    "cmp $0x1c14, %r14\njne 1f\ncmp $0x1c15, %r15\njne 1f\ncmp $0x808, %r8\njne 1f\ncmp $0x909, %r9\nje 2f\n"
    "1: ud2\n2: pop %r15\npop %r14\npop %r13\npop %r12\npop %rbp\npop %rbx\nret\n");
extern char marked_begin[], marked_end[];

// Offset of an address in a table's copy, -1 outside.
static long inside(const char *begin, const char *end, int count, long rip)
{
    if (rip < (long)begin || rip >= (long)end) { return -1; }
    return (rip - (long)begin) % ((end - begin) / count);
}
#define INSIDE(name) inside(name, name##_end, name##_count, rip)

static void check_context(const ucontext_t *context)
{
    const greg_t *r = context->uc_mcontext.gregs;
    long rip = r[REG_RIP], vdso = (long)getauxval(AT_SYSINFO_EHDR);
    if ((rip < (long)&__executable_start || rip >= (long)&etext) && (rip < vdso || rip >= vdso + 8192)) {
        bad("rip is nowhere in the program", rip);
    }
    if (r[REG_RSP] < (long)me->low || r[REG_RSP] >= (long)me->high) { bad("rsp", r[REG_RSP]); }
    long mov = INSIDE(getppid_sites), xor = INSIDE(read_sites), cave = INSIDE(futex_sites);
    if (mov == -1) { mov = INSIDE(write_sites); }
    if (mov == -1) { mov = INSIDE(sleep_sites); }
    if (cave == -1) { cave = INSIDE(bare_sites); }
    if (mov != -1 && mov != 0 && mov != 5 && mov != 7) { bad("inside a mov", mov); }
    if (xor != -1 && xor != 0 && xor != 2 && xor != 4 && xor != 10) { bad("inside an xor", xor); }
    if (cave != -1 && cave != 0 && cave != 2) { bad("inside a cave site", cave); }
    if (mov == -1 && xor == -1 && cave == -1) { return; }
    if (r[REG_RBX] != 0x1b1b || r[REG_R12] != 0x1c12 || r[REG_R13] != 0x1c13 || r[REG_R14] != 0x1c14 ||
        r[REG_R15] != 0x1c15 || r[REG_R8] != 0x808 || r[REG_R9] != 0x909) {
        bad("registers", rip - (long)marked_begin);
    }
    if (r[REG_RSP] != r[REG_RBP] - 8) { bad("rsp at a site", r[REG_RSP] - r[REG_RBP]); }
    if ((r[REG_EFL] & 0x400) != 0) { bad("direction flag", r[REG_EFL]); }
}

static void handler(int signal, siginfo_t *info, void *context)
{
    int error = errno;
    char here;
    int on_alternate = &here >= me->alternate && &here < me->alternate + 65536;
    if (on_alternate != ((flags & SA_ONSTACK) != 0)) { bad("stack", on_alternate); }
    check_context(context);
    if (signal == SIGALRM) {
        alarms++;
    } else {
        expect("order", info->si_value.sival_int, me->received, me->received);
        me->received++;
    }
    errno = error;
}

static void one_round(int i)
{
    int which = (int)(me - targets);
    uint32_t word = 5;
    struct timespec moment = { 0, 20000 };
    int may_fail = (flags & SA_RESTART) ? 0 : -EINTR;
    expect("getppid", call_with_marks(SITE(getppid_sites, i), -1, 0, 0, 0, 0), parent, parent);
    unsigned char byte = 0;
    long n = call_with_marks(SITE(read_sites, i), -1, reader_ends[which], (long)&byte, 1, 0);
    expect("read", n, 1, may_fail ? may_fail : 1);
    if (n == 1) { expect("byte", byte, me->next++, byte - 256); }
    expect("write", call_with_marks(SITE(write_sites, i), -1, null, (long)"abc", 3, 0), 3, 3);
    expect("futex", call_with_marks(SITE(futex_sites, i), SYS_futex, (long)&word, FUTEX_WAIT, 6, 0), -EAGAIN,
        -EAGAIN);
    if (i % 8 == 0) {
        expect("futex wait",
            call_with_marks(SITE(futex_sites, i), SYS_futex, (long)&word, FUTEX_WAIT, 5, (long)&moment),
            -ETIMEDOUT, -EINTR);
        expect("nanosleep", call_with_marks(SITE(sleep_sites, i), -1, (long)&moment, 0, 0, 0), 0, -EINTR);
    }
    expect("bare", call_with_marks(SITE(bare_sites, i % 30), SYS_close, -1, 0, 0, 0), -EBADF, -EBADF);
}

static void *target(void *argument)
{
    char here;
    me = argument;
    me->high = &here + 16384;
    me->low = &here - 60000;
    stack_t stack = { .ss_sp = me->alternate, .ss_size = 65536 };
    MUST(sigaltstack(&stack, NULL));
    sigset_t set;
    sigfillset(&set);
    sigdelset(&set, SIGRTMIN);
    sigdelset(&set, SIGALRM);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    me->tid = gettid();
    me->ready = 1;
    int64_t deadline = now_ns(CLOCK_MONOTONIC) + 25000000000;
    for (int i = 0; me->received < SIGNALS && now_ns(CLOCK_MONOTONIC) < deadline; i++) { one_round(i % 300); }
    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    stack.ss_flags = SS_DISABLE;
    sigaltstack(&stack, NULL);
    return NULL;
}

// Keeps every pipe filled with the numbers 0 to 255, over and over.
static void *feeder(void *unused)
{
    (void)unused;
    unsigned char next[TARGETS] = { 0 };
    while (!finished) {
        for (int i = 0; i < TARGETS; i++) {
            unsigned char block[64];
            for (int k = 0; k < 64; k++) { block[k] = (unsigned char)(next[i] + k); }
            ssize_t n = write(writer_ends[i], block, sizeof block);
            if (n > 0) { next[i] = (unsigned char)(next[i] + n); }
        }
        usleep(200);
    }
    return NULL;
}

static void storm(const char *name, int with)
{
    flags = with;
    finished = 0;
    struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | with };
    sigfillset(&action.sa_mask);
    MUST(sigaction(SIGRTMIN, &action, NULL));
    MUST(sigaction(SIGALRM, &action, NULL));
    for (int i = 0; i < TARGETS; i++) {
        int p[2];
        MUST(pipe(p));
        MUST(fcntl(p[1], F_SETFL, O_NONBLOCK));
        reader_ends[i] = p[0];
        writer_ends[i] = p[1];
        char *alternate = targets[i].alternate ? targets[i].alternate : malloc(65536);
        targets[i] = (struct target){ .alternate = alternate };
        pthread_create(&targets[i].thread, NULL, target, &targets[i]);
        while (!targets[i].ready) { usleep(100); }
    }
    pthread_t feeding;
    pthread_create(&feeding, NULL, feeder, NULL);
    struct itimerval often = { { 0, 1000 }, { 0, 1000 } }, off = { 0 };
    setitimer(ITIMER_REAL, &often, NULL);
    for (int n = 0; n < SIGNALS; n++) {
        for (int i = 0; i < TARGETS; i++) {
            siginfo_t info = { .si_signo = SIGRTMIN, .si_code = SI_QUEUE };
            info.si_value.sival_int = n;
            info.si_pid = getpid();
            info.si_uid = getuid();
            while (syscall(SYS_rt_tgsigqueueinfo, getpid(), targets[i].tid, SIGRTMIN, &info) == -1) {
                if (errno != EAGAIN) {
                    say("rt_tgsigqueueinfo: %s", err_name(errno));
                    return;
                }
                usleep(500);
            }
        }
        if (n % 4 == 3) { usleep(200); }
    }
    int received = 0;
    for (int i = 0; i < TARGETS; i++) {
        pthread_join(targets[i].thread, NULL);
        received += targets[i].received;
    }
    setitimer(ITIMER_REAL, &off, NULL);
    finished = 1;
    pthread_join(feeding, NULL);
    for (int i = 0; i < TARGETS; i++) {
        close(reader_ends[i]);
        close(writer_ends[i]);
    }
    say("%s: received %d of %d, wrong %d, bad contexts %d, alarms %d", name, received, SIGNALS * TARGETS,
        wrong, bad_places, alarms > 3);
    alarms = 0;
}

int main(void)
{
    parent = getppid();
    null = (int)MUST(open("/dev/null", O_WRONLY));
    sigset_t set;
    sigfillset(&set);
    pthread_sigmask(SIG_SETMASK, &set, NULL);
    storm("plain", 0);
    storm("restarting", SA_RESTART);
    storm("on a stack of its own", SA_ONSTACK | SA_RESTART);
    storm("on a stack of its own, not restarting", SA_ONSTACK);
    return 0;
}
