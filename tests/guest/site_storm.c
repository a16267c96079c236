// SPDX-License-Identifier: Apache-2.0
// Everything at once: threads run sites for the first time while signals arrive whose handlers run more of
// them, while the process forks, and while the pages under them are dropped, made writable and back, and
// mapped anew from the same file: none of which a program can tell from its results.
// @timeout 90
#include "sites.h"

SITES(thread_sites, 4000, MOV_SITE(186));
SITES(thread_caves, 4000, CAVE_SITE);
SITES(handler_sites, 2000, XOR_SITE);
SITES(handler_caves, 2000, JUMP_CAVE_SITE);
SITES(child_sites, 2000, MOV_SITE(110));

enum { THREADS = 3, CODE_PAGES = 4, CODE_SIZE = CODE_PAGES * 4096 };
static int zero, wrong;
static volatile int stop, handled;
static long self;
static unsigned char *code;

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d: %ld instead of %ld", what, index, got, wanted);
    }
}

static void handler(int signal)
{
    static int next;
    int error = errno, i = __atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % 2000;
    char byte = 3;
    (void)signal;
    handled++;
    expect("in a handler", i, ENTER3(SITE(handler_sites, i), -1, zero, &byte, 1) * 10 + byte, 10);
    expect("in a handler, cave", i, ENTER0(SITE(handler_caves, i), SYS_getpid), self);
    errno = error;
}

// The shapes in a file: mov, xor and cave, one after the other, 32 bytes each.
static void build(unsigned char *to)
{
    static const char *const shapes[] = { "\xb8\xba\0\0\0\x0f\x05\xc3\x90\x90\x90\x90\x90",
        "\x31\xc0\x0f\x05\x48\x3d\0\xf0\xff\xff\xc3\x90\x90",
        "\x0f\x05\xc3\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90" };
    memset(to, 0xcc, CODE_SIZE);
    // Starting at 27, so that a site of each page lies across its end.
    for (int at = 27, k = 0; at + 32 <= CODE_SIZE; at += 32, k++) { memcpy(to + at, shapes[k % 3], 13); }
}

static void run_code(int at_index, long tid)
{
    int count = (CODE_SIZE - 27) / 32, index = at_index % count;
    unsigned char *site = code + 27 + 32 * index;
    char byte = 4;
    switch (index % 3) {
        case 0: expect("mov in a file", index, ENTER0(site, -1), tid); break;
        case 1: expect("xor in a file", index, ENTER3(site, -1, zero, &byte, 1) * 10 + byte, 10); break;
        default: expect("cave in a file", index, ENTER1(site, SYS_close, -1), -EBADF); break;
    }
}

static void *runner(void *number)
{
    long tid = gettid();
    int me = (int)(long)number;
    for (int i = 0; !stop || i < 4000; i++) {
        int site = i % 4000;
        expect("mov", site, ENTER0(SITE(thread_sites, site), -1), tid);
        expect("cave", site, ENTER0(SITE(thread_caves, site), SYS_gettid), tid);
        for (int k = 0; k < 4; k++) { run_code(i * 4 + k + me * 37, tid); }
        if (stop && i > 4000) { break; }
    }
    return NULL;
}

static void disturb(int fd, int how)
{
    switch (how % 6) {
        case 0: MUST(madvise(code, CODE_SIZE, MADV_DONTNEED)); break;
        case 1: MUST(madvise(code + how / 6 % CODE_PAGES * 4096, 4096, MADV_DONTNEED)); break;
        case 2:
            MUST(mprotect(code, CODE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC));
            MUST(mprotect(code, CODE_SIZE, PROT_READ | PROT_EXEC));
            break;
        case 3:
            MUST(mprotect(code + how / 6 % CODE_PAGES * 4096, 4096, PROT_READ | PROT_WRITE | PROT_EXEC));
            MUST(mprotect(code + how / 6 % CODE_PAGES * 4096, 4096, PROT_READ | PROT_EXEC));
            break;
        case 4: MUST(mmap(code, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, 0)); break;
        default: {
            int page = how / 6 % CODE_PAGES;
            MUST(mmap(
                code + page * 4096, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd, page * 4096));
        } break;
    }
}

static int child_round(int i)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        // A child has no timer yet: nothing looks at self before it is right.
        long parent = self;
        self = getpid();
        wrong = 0;
        struct itimerval often = { { 0, 700 }, { 0, 700 } };
        setitimer(ITIMER_REAL, &often, NULL);
        for (int k = i * 50 % 2000; k < 2000; k += 9) {
            expect("in a child", k, ENTER0(SITE(child_sites, k), -1), parent);
            run_code(k, self);
        }
        _exit(wrong != 0);
    }
    int status = -1;
    while (waitpid(child, &status, 0) == -1 && errno == EINTR) {}
    return status;
}

int main(void)
{
    static unsigned char image[CODE_SIZE], after[CODE_SIZE];
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    self = getpid();
    build(image);
    int fd = (int)MUST(open("code", O_RDWR | O_CREAT | O_TRUNC, 0755));
    MUST(write(fd, image, CODE_SIZE));
    code = MUSTP(mmap(NULL, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0));
    struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
    MUST(sigaction(SIGALRM, &action, NULL));
    pthread_t t[THREADS];
    for (long i = 0; i < THREADS; i++) { pthread_create(&t[i], NULL, runner, (void *)i); }
    struct itimerval often = { { 0, 500 }, { 0, 500 } }, off = { 0 };
    MUST(setitimer(ITIMER_REAL, &often, NULL));
    int failed = 0;
    for (int i = 0; i < 300; i++) {
        disturb(fd, i);
        if (i % 12 == 0) { failed += child_round(i / 12) != 0; }
        if (i % 50 == 0) { expect("its own child", i, ENTER0(SITE(child_sites, i), -1), getppid()); }
    }
    stop = 1;
    for (int i = 0; i < THREADS; i++) { pthread_join(t[i], NULL); }
    MUST(setitimer(ITIMER_REAL, &off, NULL));
    say("handled many %d, children that failed %d, wrong %d", handled > 3, failed, wrong);
    MUST(pread(fd, after, CODE_SIZE, 0));
    say("the file is as it was %d", memcmp(image, after, CODE_SIZE) == 0);
    return 0;
}
