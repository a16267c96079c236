// SPDX-License-Identifier: Apache-2.0
// futex(2): wait, wake, time-outs, bitsets, requeue, wake-op, across processes, errors.
#include "t.h"
#include <linux/futex.h>

static uint32_t word, other;
static volatile int woken;

static long futex(
    void *address, int operation, uint32_t value, const void *timeout, void *address2, uint32_t value3)
{
    return syscall(SYS_futex, address, operation, value, timeout, address2, value3);
}

struct waiter {
    uint32_t *address;
    int operation;
    uint32_t bits;
    long result;
};

static void *wait_on(void *argument)
{
    struct waiter *waiter = argument;
    waiter->result = futex(waiter->address, waiter->operation, 0, NULL, NULL, waiter->bits);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

static void start(pthread_t *threads, struct waiter *waiters, int n)
{
    woken = 0;
    for (int i = 0; i < n; i++) { pthread_create(&threads[i], NULL, wait_on, &waiters[i]); }
    sleep_ms(150);
}

static void finish(pthread_t *threads, int n)
{
    for (int i = 0; i < n; i++) { pthread_join(threads[i], NULL); }
}

int main(void)
{
    int p = FUTEX_PRIVATE_FLAG;
    struct timespec soon = { 0, 20000000 }, bad = { 0, 1000000000 }, negative = { -1, 0 };
    word = 5;
    SHOW(futex(&word, FUTEX_WAIT | p, 4, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT | p, 5, &soon, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT, 5, &soon, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT | p, 5, &bad, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT | p, 5, &negative, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT | p, 5, BAD, NULL, 0));
    SHOW(futex((char *)&word + 1, FUTEX_WAIT | p, 5, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_WAIT | p, 5, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_WAKE | p, 1, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_WAKE, 1, NULL, NULL, 0));
    SHOW(futex((char *)&word + 2, FUTEX_WAKE | p, 1, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAKE | p, 1, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT_BITSET | p, 5, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAKE_BITSET | p, 5, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAIT_BITSET | p, 5, &soon, NULL, 1));
    struct timespec later;
    clock_gettime(CLOCK_REALTIME, &later);
    SHOW(futex(&word, FUTEX_WAIT_BITSET | p | FUTEX_CLOCK_REALTIME, 5, &later, NULL, -1));
    SHOW(futex(&word, 99, 5, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 5, NULL, NULL, 0));
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    struct timespec tenth = { 0, 100000000 };
    SHOW(futex(&word, FUTEX_WAIT | p, 5, &tenth, NULL, 0));
    int64_t took = now_ns(CLOCK_MONOTONIC) - begun;
    say("waited 100 ms: %d", took >= 100000000 && took < 2000000000);

    pthread_t threads[4];
    word = other = 0;
    struct waiter waiters[4] = { { &word, FUTEX_WAIT | p, 0, 9 }, { &word, FUTEX_WAIT | p, 0, 9 },
        { &word, FUTEX_WAIT | p, 0, 9 }, { &word, FUTEX_WAIT | p, 0, 9 } };
    start(threads, waiters, 4);
    SHOW(futex(&word, FUTEX_WAKE | p, 1, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAKE | p, 2, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_WAKE | p, INT_MAX, NULL, NULL, 0));
    finish(threads, 4);
    say("woken %d, results %ld %ld", woken, waiters[0].result, waiters[3].result);

    for (int i = 0; i < 4; i++) {
        waiters[i].operation = FUTEX_WAIT_BITSET | p;
        waiters[i].bits = 1u << i;
    }
    start(threads, waiters, 4);
    SHOW(futex(&word, FUTEX_WAKE_BITSET | p, INT_MAX, NULL, NULL, 0x100));
    SHOW(futex(&word, FUTEX_WAKE_BITSET | p, INT_MAX, NULL, NULL, 5));
    SHOW(futex(&word, FUTEX_WAKE_BITSET | p, INT_MAX, NULL, NULL, -1));
    finish(threads, 4);

    for (int i = 0; i < 4; i++) { waiters[i].operation = FUTEX_WAIT | p; }
    start(threads, waiters, 4);
    SHOW(futex(&word, FUTEX_CMP_REQUEUE | p, 1, (void *)2, &other, 1));
    SHOW(futex(&word, FUTEX_CMP_REQUEUE | p, 1, (void *)2, &other, 0));
    SHOW(futex(&word, FUTEX_WAKE | p, INT_MAX, NULL, NULL, 0));
    SHOW(futex(&other, FUTEX_WAKE | p, INT_MAX, NULL, NULL, 0));
    finish(threads, 4);
    start(threads, waiters, 3);
    SHOW(futex(&word, FUTEX_REQUEUE | p, 0, (void *)(long)INT_MAX, &other, 0));
    SHOW(futex(&other, FUTEX_WAKE | p, INT_MAX, NULL, NULL, 0));
    finish(threads, 3);

    waiters[1].address = &other;
    start(threads, waiters, 2);
    other = 0;
    SHOW(
        futex(&word, FUTEX_WAKE_OP | p, 1, (void *)1, &other, FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 0)));
    say("other %u", other);
    finish(threads, 2);

    uint32_t *shared = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        long r = futex(shared, FUTEX_WAIT, 0, NULL, NULL, 0);
        _exit(r == 0 ? 21 : 22);
    }
    int tries = 0;
    while (futex(shared, FUTEX_WAKE, 1, NULL, NULL, 0) == 0 && tries++ < 2000) { sleep_ms(2); }
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("shared futex across processes", status);
    return 0;
}
