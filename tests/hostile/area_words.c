// SPDX-License-Identifier: Apache-2.0
// Overwrites the platform's thread areas word by word while threads make calls through rewritten sites: every
// word alone with hostile values, the words that are seen to change above all, then whole areas at once, and
// words that flip between what they were and what they must not be.
// @host no
// @timeout 120
#include "attack.h"
#include <setjmp.h>

enum { THREADS = 3, AREAS = 8, PAGES = AREAS * 128 / 4 };
static sigjmp_buf back;
static char alternate[65536];
static unsigned long *pages[PAGES];
static int page_count;
// Words that change while calls are made, as offsets in pages.
static struct word {
    int page, word;
} live[4096];
static int live_count;
static volatile int stop;

static void on_fault(int signal) { siglongjmp(back, signal); }

static int can_write(volatile unsigned long *p)
{
    if (sigsetjmp(back, 1)) { return 0; }
    *p = *p;
    return 1;
}

static void *caller(void *seed)
{
    for (int i = (int)(long)seed; !stop; i++) { some_calls(i); }
    return NULL;
}

static void find_pages(void)
{
    stack_t stack = { .ss_sp = alternate, .ss_size = sizeof alternate };
    sigaltstack(&stack, NULL);
    struct sigaction action = { .sa_handler = on_fault, .sa_flags = SA_ONSTACK | SA_NODEFER };
    MUST(sigaction(SIGSEGV, &action, NULL));
    MUST(sigaction(SIGBUS, &action, NULL));
    page_count = 0;
    for (int i = 0; i < PAGES; i++) {
        unsigned long *p = (unsigned long *)(STUB_AREAS + 4096UL * i);
        if (can_write(p)) { pages[page_count++] = p; }
    }
    signal(SIGSEGV, SIG_DFL);
    signal(SIGBUS, SIG_DFL);
}

static void find_live_words(void)
{
    static unsigned long before[PAGES][512];
    for (int i = 0; i < page_count; i++) { memcpy(before[i], pages[i], 4096); }
    for (int round = 0; round < 60; round++) {
        usleep(300);
        for (int i = 0; i < page_count; i++) {
            for (int w = 0; w < 512; w++) {
                if (before[i][w] == pages[i][w] || live_count == 4096) { continue; }
                before[i][w] = pages[i][w];
                int known = 0;
                for (int k = 0; k < live_count && !known; k++) {
                    known = live[k].page == i && live[k].word == w;
                }
                if (!known) { live[live_count++] = (struct word){ i, w }; }
            }
        }
    }
}

static unsigned long hostile_value(int kind, unsigned long old)
{
    switch (kind) {
        case 0: return 0;
        case 1: return -1UL;
        case 2: return old + 1;
        case 3: return old ^ 1UL << random_word() % 64;
        case 4: return 0x7fffffff;
        case 5: return 0xffffffff80000000;
        case 6: return STUB_AREAS + random_word() % (1 << 20);
        case 7: return STUB_CODE + random_word() % 8192;
        case 8: return 0xffff888000000000 + random_word() % 4096;
        case 9: return 1 + random_word() % 4;
        case 10: return 65535 + random_word() % 3;
        case 11: return 4294967296UL * (1 + random_word() % 300) + random_word() % 300;
        case 12: return (unsigned long)&random_state;
        default: return random_word();
    }
}

enum { KINDS = 14 };

// A process with threads in calls; then what: 0 one word, 1 the same word again and again, 2 flips, 3 areas.
static void attack(int what, int page, int word, int kind)
{
    pid_t child = (pid_t)MUST(fork());
    if (child != 0) {
        finish(child, 1000);
        return;
    }
    random_state += page * 7919 + word * 104729 + kind;
    some_calls(0);
    pthread_t t;
    for (long i = 1; i < THREADS; i++) { pthread_create(&t, NULL, caller, (void *)(i * 7)); }
    for (int i = 0; i < 10; i++) { some_calls(i); }
    volatile unsigned long *p = pages[page] + word;
    unsigned long old = *p, value = hostile_value(kind, old);
    if (what == 0) {
        *p = value;
        for (int i = 0; i < 10; i++) { some_calls(i); }
    } else if (what == 1) {
        for (int i = 0; i < 30; i++) {
            *p = hostile_value(kind, old);
            some_calls(i);
        }
    } else if (what == 2) {
        for (int i = 0; i < 3000; i++) {
            unsigned long now = *p;
            *p = hostile_value(kind, now);
            for (volatile int k = 0; k < i % 50; k++) {}
            *p = now;
            if (i % 300 == 0) { some_calls(i); }
        }
    } else {
        for (int i = 0; i < 40; i++) {
            for (int k = 0; k < page_count; k++) {
                for (int w = 0; w < 512; w++) {
                    if (kind != 3 || random_word() % 32 == 0) {
                        pages[k][w] = hostile_value(kind, pages[k][w]);
                    }
                }
            }
            some_calls(i);
        }
    }
    _exit(0);
}

int main(void)
{
    some_calls(0);
    pthread_t t[THREADS];
    for (long i = 1; i < THREADS; i++) { pthread_create(&t[i], NULL, caller, (void *)(i * 7)); }
    for (int i = 0; i < 10; i++) { some_calls(i); }
    find_pages();
    find_live_words();
    stop = 1;
    for (int i = 1; i < THREADS; i++) { pthread_join(t[i], NULL); }
    fprintf(stderr, "pages %d, words that change %d\n", page_count, live_count);
    if (page_count == 0) {
        say("survived");
        return 0;
    }
    // Each part has its time; the order is random, so that nothing is always left out.
    for (int64_t end = now_ms() + 7000; now_ms() < end && live_count;) {
        struct word w = live[random_word() % live_count];
        attack((int)(random_word() % 2), w.page, w.word, (int)(random_word() % KINDS));
    }
    report("words that change");
    for (int64_t end = now_ms() + 5000; now_ms() < end && live_count;) {
        struct word w = live[random_word() % live_count];
        attack(2, w.page, w.word, (int)(random_word() % KINDS));
    }
    report("words that flip");
    // The first words of each area, where control words must be, one after the other.
    int64_t limit = now_ms() + 8000;
    for (int i = 0; i < 8192 && now_ms() < limit; i++) {
        int page = i / 512 % page_count;
        attack(0, page, i % 512, (int)(random_word() % KINDS));
    }
    report("words in order");
    for (int64_t end = now_ms() + 5000; now_ms() < end;) {
        attack(
            1, (int)(random_word() % page_count), (int)(random_word() % 512), (int)(random_word() % KINDS));
    }
    report("any words");
    for (int i = 0; i < 2 * KINDS; i++) { attack(3, 0, 0, i % KINDS); }
    report("all at once");
    say("survived");
    return 0;
}
