// SPDX-License-Identifier: Apache-2.0
// Several busy threads at once: nothing but system calls, work with a call now and then, nothing but work. The
// main thread only waits for them.
#include "micro.h"
#include <pthread.h>
#include <sys/syscall.h>

#define MOST 256

static pthread_t threads[MOST];
static pthread_barrier_t starts, ends;
static int count, quit;
static long share;
static void (*work)(long operations);
static volatile uint64_t sink;

static void calls(long n)
{
    while (n--) { expect(syscall(SYS_getppid) >= 0, "getppid"); }
}
static void mixed(long n)
{
    uint64_t x = 88172645463325252ULL;
    while (n--) {
        x = steps(x, 20000);
        expect(syscall(SYS_getppid) >= 0, "getppid");
    }
    sink = x;
}
static void compute(long n)
{
    uint64_t x = 88172645463325252ULL;
    while (n--) { x = steps(x, 1000); }
    sink = x;
}

static void *busy(void *unused)
{
    for (;;) {
        pthread_barrier_wait(&starts);
        if (quit) { return unused; }
        work(share);
        pthread_barrier_wait(&ends);
    }
}
static void start(void (*what)(long), int how_many)
{
    expect(how_many <= MOST, "too many threads");
    work = what;
    count = how_many;
    quit = 0;
    errno = pthread_barrier_init(&starts, NULL, count + 1);
    expect(errno == 0, "pthread_barrier_init");
    errno = pthread_barrier_init(&ends, NULL, count + 1);
    expect(errno == 0, "pthread_barrier_init");
    for (int i = 0; i < count; i++) {
        errno = pthread_create(&threads[i], NULL, busy, NULL);
        expect(errno == 0, "pthread_create");
    }
}
static void busy_run(long n)
{
    share = n / count;
    expect(share * count == n, "operations that cannot be shared out");
    pthread_barrier_wait(&starts);
    pthread_barrier_wait(&ends);
}
static void stop(void)
{
    quit = 1;
    pthread_barrier_wait(&starts);
    for (int i = 0; i < count; i++) {
        errno = pthread_join(threads[i], NULL);
        expect(errno == 0, "pthread_join");
    }
    pthread_barrier_destroy(&starts);
    pthread_barrier_destroy(&ends);
}

static void calls_1(void) { start(calls, 1); }
static void calls_2(void) { start(calls, 2); }
static void calls_4(void) { start(calls, 4); }
static void calls_16(void) { start(calls, 16); }
static void mixed_1(void) { start(mixed, 1); }
static void mixed_2(void) { start(mixed, 2); }
static void mixed_4(void) { start(mixed, 4); }
static void mixed_16(void) { start(mixed, 16); }
static void cpu_n(void) { start(compute, cores()); }

const struct row busy_rows[] = {
    { "calls-1", calls_1, busy_run, stop, 4, 1 },
    { "calls-2", calls_2, busy_run, stop, 4, 2 },
    { "calls-4", calls_4, busy_run, stop, 4, 4 },
    { "calls-16", calls_16, busy_run, stop, 4, 16 },
    { "mixed-1", mixed_1, busy_run, stop, 4, 1 },
    { "mixed-2", mixed_2, busy_run, stop, 4, 2 },
    { "mixed-4", mixed_4, busy_run, stop, 4, 4 },
    { "mixed-16", mixed_16, busy_run, stop, 4, 16 },
    { "cpu-N", cpu_n, busy_run, stop, 4, PER_CORE },
    { 0 },
};
