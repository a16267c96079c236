// SPDX-License-Identifier: Apache-2.0
// Blocking calls at rewritten sites: EINTR, restarts, handlers that jump out or that send the thread to the
// middle of another site, stops and continues, and SIGKILL while threads run through new sites.
// @timeout 90
#include "sites.h"
#include <linux/futex.h>
#include <setjmp.h>
#include <ucontext.h>

SITES(mov_sites, 200, MOV_SITE(0));
SITES(xor_sites, 200, XOR_SITE);
SITES(cave_sites, 200, CAVE_SITE);
SITES(getppid_sites, 200, MOV_SITE(110));
SITES(sleep_sites, 200, MOV_SITE(35));
SITES(kill_sites, 6000, MOV_SITE(110));

static volatile int handled, out_of_call;
static sigjmp_buf back;
static int p[2], wrong;
static void *next_rip;
static long next_rax, parent;

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d: %ld instead of %ld", what, index, got, wanted);
    }
}

static void count(int signal)
{
    (void)signal;
    handled++;
}
static void leave(int signal)
{
    handled++;
    if (out_of_call) { siglongjmp(back, signal); }
}
static void redirect(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    ucontext_t *frame = context;
    // Not in the call yet: the timer comes again.
    if (frame->uc_mcontext.gregs[REG_RAX] != -EINTR) { return; }
    handled++;
    frame->uc_mcontext.gregs[REG_RIP] = (long)next_rip;
    frame->uc_mcontext.gregs[REG_RAX] = next_rax;
}

static long blocking(int kind, int index, char *byte)
{
    switch (kind) {
        case 0: return ENTER3(SITE(mov_sites, index), -1, p[0], byte, 1);
        case 1: return ENTER3(SITE(xor_sites, index), -1, p[0], byte, 1);
        default: return ENTER3(SITE(cave_sites, index), SYS_read, p[0], byte, 1);
    }
}

static void set_handler(void (*what)(int), int flags)
{
    struct sigaction action = { .sa_handler = what, .sa_flags = flags };
    MUST(sigaction(SIGALRM, &action, NULL));
}

static void timer(long first_us, long again_us)
{
    struct itimerval value = { { 0, again_us }, { 0, first_us } };
    MUST(setitimer(ITIMER_REAL, &value, NULL));
}

static void interrupted(void)
{
    char byte;
    set_handler(count, 0);
    for (int i = 0; i < 90; i++) {
        timer(1000, 2000);
        expect("interrupted", i, blocking(i % 3, i, &byte), -EINTR);
    }
    say("interrupted: handled all %d, wrong %d", handled >= 90, wrong);
    struct timespec wait = { 1, 0 }, left = { 5, 5 };
    timer(2000, 50000);
    expect("sleep", 0, ENTER2(SITE(sleep_sites, 0), -1, &wait, &left), -EINTR);
    timer(0, 0);
    say("time is left %d", left.tv_sec == 0 && left.tv_nsec > 500000000);
}

static void *write_later(void *unused)
{
    (void)unused;
    sleep_ms(60);
    write(p[1], "y", 1);
    return NULL;
}

static void restarted(void)
{
    set_handler(count, SA_RESTART);
    for (int i = 0; i < 9; i++) {
        char byte = 0;
        handled = 0;
        pthread_t t;
        sigset_t set;
        sigfillset(&set);
        pthread_sigmask(SIG_BLOCK, &set, NULL);
        pthread_create(&t, NULL, write_later, NULL);
        pthread_sigmask(SIG_UNBLOCK, &set, NULL);
        timer(1000, 1000);
        expect("restarted", i, blocking(i % 3, 100 + i, &byte), 1);
        timer(0, 0);
        expect("byte", i, byte, 'y');
        expect("handled", i, handled > 5, 1);
        pthread_join(t, NULL);
    }
    say("restarted: wrong %d", wrong);
}

static void jumped_out(void)
{
    set_handler(leave, 0);
    handled = 0;
    for (volatile int i = 0; i < 150; i++) {
        char byte = 0;
        if (sigsetjmp(back, 1) == 0) {
            out_of_call = 1;
            timer(500 + i * 3, 2000);
            blocking(i % 3, i, &byte);
            say("came back");
        }
        out_of_call = 0;
        expect("after", i, ENTER0(SITE(getppid_sites, i), -1), parent);
    }
    timer(0, 0);
    MUST(write(p[1], "z", 1));
    char byte = 0;
    expect("the pipe has lost nothing", 0, blocking(1, 0, &byte) * 1000 + byte, 1000 + 'z');
    say("jumped out: handled all %d, wrong %d", handled >= 150, wrong);
    // Also out of calls that do not block, wherever the timer finds them.
    timer(300, 300);
    volatile int rounds = 0;
    handled = 0;
    while (handled < 200) {
        if (sigsetjmp(back, 1) == 0) {
            out_of_call = 1;
            for (int i = 0;; i = (i + 1) % 200) {
                expect("loop", i, ENTER0(SITE(getppid_sites, i), -1), parent);
            }
        }
        rounds++;
    }
    out_of_call = 0;
    timer(0, 0);
    say("jumped out of short calls: enough %d, wrong %d", rounds > 20, wrong);
}

// A handler that interrupts a blocking call sends its thread to an address in the middle of a site.
static void redirected(void)
{
    struct sigaction action = { .sa_sigaction = redirect, .sa_flags = SA_SIGINFO };
    MUST(sigaction(SIGALRM, &action, NULL));
    char byte = 0;
    for (int i = 0; i < 60; i++) {
        char *mov = SITE(getppid_sites, 199 - i / 2), *xor = SITE(xor_sites, 199 - i / 2);
        char *cave = SITE(cave_sites, 199 - i / 2);
        struct {
            void *rip;
            long rax, wanted;
        } ways[] = { { mov, -1, parent }, { mov + 5, SYS_getppid, parent }, { mov + 5, SYS_getpid, getpid() },
            { mov + 7, 321, 321 }, { xor+2, SYS_getppid, parent }, { xor+4, 654, 654 }, { xor+10, 987, 987 },
            { cave, SYS_getppid, parent }, { cave + 2, 135, 135 } };
        for (int w = 0; w < 9; w++) {
            next_rip = ways[w].rip;
            next_rax = ways[w].rax;
            timer(300, 2000);
            expect("redirected", w, blocking((i + w) % 3, i, &byte), ways[w].wanted);
            timer(0, 0);
        }
    }
    say("redirected: wrong %d", wrong);
}

static void *loop(void *seed)
{
    char byte;
    int null = open("/dev/zero", O_RDONLY);
    for (int i = (int)(long)seed;; i = (i + 7) % 6000) {
        if (ENTER0(SITE(kill_sites, i), -1) != parent) { _exit(9); }
        if (ENTER3(SITE(xor_sites, i % 200), -1, null, &byte, 1) != 1) { _exit(8); }
        if (ENTER1(SITE(cave_sites, i % 200), SYS_close, -1) != -EBADF) { _exit(7); }
    }
    return NULL;
}

static pid_t looping_child(int threads)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        parent = getppid();
        pthread_t t;
        for (long i = 1; i < threads; i++) { pthread_create(&t, NULL, loop, (void *)(i * 1000)); }
        loop(NULL);
    }
    return child;
}

static void stopped_and_killed(void)
{
    int status, ends[2];
    pid_t child = looping_child(2);
    int stops = 0, continues = 0;
    for (int i = 0; i < 60; i++) {
        sleep_ms(i % 3);
        MUST(kill(child, SIGSTOP));
        if (waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status)) { stops++; }
        MUST(kill(child, SIGCONT));
        if (waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status)) { continues++; }
    }
    MUST(kill(child, SIGKILL));
    MUST(waitpid(child, &status, 0));
    say("stops %d, continues %d", stops, continues);
    say_status("looping child", status);
    int killed = 0;
    MUST(pipe(ends));
    for (int i = 0; i < 40; i++) {
        child = looping_child(1 + i % 3);
        usleep(i * 200);
        MUST(kill(child, SIGKILL));
        MUST(waitpid(child, &status, 0));
        killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    close(ends[1]);
    char byte;
    say("killed %d, the pipe they inherited has ended %d", killed, read(ends[0], &byte, 1) == 0);
}

int main(void)
{
    parent = getppid();
    MUST(pipe(p));
    interrupted();
    restarted();
    jumped_out();
    redirected();
    stopped_and_killed();
    return 0;
}
