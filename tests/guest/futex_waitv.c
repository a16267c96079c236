// SPDX-License-Identifier: Apache-2.0
// futex_waitv(2), futex_wake, futex_wait, futex_requeue: arguments, waits for several words, wake-ups; wake-op against
// stores of other threads.
#include "t.h"
#include <linux/futex.h>

#define WAITV 449
#define WAKE 454
#define WAIT 455
#define REQUEUE 456
#define U32 2
#define PRIVATE 128

struct entry {
    uint64_t value, address;
    uint32_t flags, reserved;
};

static uint32_t words[130];

static long wait_many(void *entries, unsigned count, unsigned flags, void *timeout, int clock)
{
    return syscall(WAITV, entries, count, flags, timeout, clock);
}

static void fill(struct entry *entries, int count, uint32_t flags)
{
    for (int i = 0; i < count; i++) {
        entries[i] = (struct entry) { 0, (uintptr_t)&words[i], flags, 0 };
        words[i] = 0;
    }
}

struct waiter {
    int count;
    long result;
};

static void *waits(void *argument)
{
    struct waiter *waiter = argument;
    struct entry entries[128];
    fill(entries, waiter->count, U32 | PRIVATE);
    waiter->result = wait_many(entries, waiter->count, 0, NULL, 0);
    return NULL;
}

static void *waits_one(void *argument)
{
    return (void *)syscall(WAIT, &words[0], 0L, 6L, U32 | PRIVATE, NULL, CLOCK_MONOTONIC) + 0 * (long)argument;
}

static void errors(void)
{
    struct entry entries[129];
    struct timespec past = { 1, 0 }, bad = { 0, -1 };
    fill(entries, 129, U32 | PRIVATE);
    SHOW(wait_many(entries, 0, 0, NULL, 0));
    SHOW(wait_many(entries, 129, 0, NULL, 0));
    SHOW(wait_many(entries, 1, 1, NULL, 0));
    SHOW(wait_many(NULL, 1, 0, NULL, 0));
    SHOW(wait_many(BAD, 1, 0, NULL, 0));
    SHOW(wait_many(entries, 2, 0, BAD, CLOCK_MONOTONIC));
    SHOW(wait_many(entries, 2, 0, &bad, CLOCK_MONOTONIC));
    SHOW(wait_many(entries, 2, 0, &past, CLOCK_BOOTTIME));
    SHOW(wait_many(entries, 128, 0, &past, CLOCK_MONOTONIC));
    SHOW(wait_many(entries, 128, 0, &past, CLOCK_REALTIME));
    entries[1].value = 1;
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1].value = 1ull << 32;
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, (uintptr_t)&words[1], PRIVATE, 0 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, (uintptr_t)&words[1], U32 | 64, 0 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, (uintptr_t)&words[1], U32, 1 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, (uintptr_t)&words[1] + 1, U32, 0 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, 16, U32, 0 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));
    entries[1] = (struct entry) { 0, 16, U32 | PRIVATE, 0 };
    SHOW(wait_many(entries, 2, 0, NULL, 0));

    SHOW(syscall(WAKE, &words[0], 0L, 1, U32));
    SHOW(syscall(WAKE, &words[0], 1L, 1, U32));
    SHOW(syscall(WAKE, &words[0], 1L << 32, 1, U32));
    SHOW(syscall(WAKE, &words[0], 1L, 1, 0));
    SHOW(syscall(WAKE, &words[0], 1L, 1, 3));
    SHOW(syscall(WAKE, &words[0], 1L, 1, U32 | 256));
    SHOW(syscall(WAKE, (char *)&words[0] + 2, 1L, 1, U32));
    SHOW(syscall(WAKE, 16L, 1L, 1, U32));
    SHOW(syscall(WAKE, 16L, 1L, 1, U32 | PRIVATE));
    SHOW(syscall(WAIT, &words[0], 1L, 1L, U32, NULL, 0));
    SHOW(syscall(WAIT, &words[0], 0L, 0L, U32, NULL, 0));
    SHOW(syscall(WAIT, &words[0], 0L, 1L, U32, &past, CLOCK_MONOTONIC));
    SHOW(syscall(WAIT, &words[0], 0L, 1L, U32, &past, CLOCK_REALTIME));
    SHOW(syscall(WAIT, &words[0], 0L, 1L, U32, &past, 7));
    SHOW(syscall(WAIT, &words[0], 0L, 1L, U32, BAD, CLOCK_REALTIME));
    SHOW(syscall(WAIT, &words[0], 1L << 32, 1L, U32, NULL, 0));
    SHOW(syscall(WAIT, &words[0], 0L, 1L, 1, NULL, 0));
    fill(entries, 2, U32);
    SHOW(syscall(REQUEUE, entries, 0, 1, 1));
    SHOW(syscall(REQUEUE, entries, 1, 1, 1));
    SHOW(syscall(REQUEUE, NULL, 0, 1, 1));
    SHOW(syscall(REQUEUE, BAD, 0, 1, 1));
    SHOW(syscall(REQUEUE, entries, 0, -1, 1));
    entries[0].value = 2;
    SHOW(syscall(REQUEUE, entries, 0, 1, 1));
    entries[0].value = 0;
    entries[1].flags = U32 | PRIVATE;
    SHOW(syscall(REQUEUE, entries, 0, 1, 1));
}

static volatile uint32_t bits __attribute__((aligned(64)));
static volatile int go_on = 1;

// Adds to the upper half of the word that wake-op adds to below.
static void *add_high(void *argument)
{
    for (int i = 0; i < 2000; i++) { __atomic_add_fetch(&bits, 0x10000, __ATOMIC_SEQ_CST); }
    while (go_on) { __atomic_add_fetch(&bits, 0, __ATOMIC_SEQ_CST); }
    return argument;
}

int main(void)
{
    errors();
    pthread_t thread;
    int counts[] = { 1, 3, 128 };
    for (int i = 0; i < 3; i++) {
        struct waiter waiter = { counts[i], 999 };
        pthread_create(&thread, NULL, waits, &waiter);
        long woken = 0;
        while ((woken = syscall(WAKE, &words[counts[i] - 1], -1L & 0xffffffff, 5, U32 | PRIVATE)) == 0) {
            sleep_ms(1);
        }
        pthread_join(thread, NULL);
        say("of %d: woken %ld, index %ld", counts[i], woken, waiter.result);
    }
    words[0] = 0;
    pthread_create(&thread, NULL, waits_one, NULL);
    sleep_ms(60);
    SHOW(syscall(WAKE, &words[0], 1L, 5, U32 | PRIVATE));
    SHOW(syscall(WAKE, &words[0], 2L, 0, U32 | PRIVATE));
    struct entry entries[2];
    fill(entries, 2, U32 | PRIVATE);
    SHOW(syscall(REQUEUE, entries, 0, 0, 5));
    SHOW(syscall(WAKE, &words[0], 2L, 5, U32 | PRIVATE));
    SHOW(syscall(WAKE, &words[1], 2L, 5, U32 | PRIVATE));
    void *result;
    pthread_join(thread, &result);
    say("one: %ld", (long)result);

    pthread_create(&thread, NULL, add_high, NULL);
    for (int i = 0; i < 1000; i++) {
        syscall(SYS_futex, &words[0], FUTEX_WAKE_OP | PRIVATE, 1, 1L, &bits, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 0));
    }
    go_on = 0;
    pthread_join(thread, NULL);
    say("sums %u %u", bits >> 16, bits & 0xffff);
    return 0;
}
