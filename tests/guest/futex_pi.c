// SPDX-License-Identifier: Apache-2.0
// futex(2), PI commands: the word in every state, waiters, time-outs, owner death, deadlocks, requeues; mutexes of
// the C library.
#include "t.h"
#include <linux/futex.h>

#define P FUTEX_PRIVATE_FLAG
#ifndef FUTEX_LOCK_PI2
#define FUTEX_LOCK_PI2 13
#endif

static uint32_t word, second, plain;
static pid_t owner_tid;

static long futex(
    void *address, int operation, uint32_t value, const void *timeout, void *address2, uint32_t value3)
{
    return syscall(SYS_futex, address, operation, value, timeout, address2, value3);
}

static pid_t self(void) { return (pid_t)syscall(SYS_gettid); }

// The word in words: whose, and its bits.
static void say_word(const char *what, uint32_t value)
{
    pid_t tid = value & FUTEX_TID_MASK;
    say("%s: %s%s%s", what, tid == 0 ? "free" : tid == self() ? "mine" : tid == owner_tid ? "owner's" : "other's",
        value & FUTEX_WAITERS ? ", waiters" : "", value & FUTEX_OWNER_DIED ? ", owner died" : "");
}

struct step {
    uint32_t *address;
    int operation;
    struct timespec *timeout;
    volatile int state;
    int hold_ms;
    long result;
};

static void *locker(void *argument)
{
    struct step *step = argument;
    step->result = futex(step->address, step->operation, 0, step->timeout, NULL, 0) == 0 ? 0 : errno;
    step->state = 1;
    if (step->result == 0) {
        sleep_ms(step->hold_ms);
        futex(step->address, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0);
    }
    return NULL;
}

// Locks, and ends without unlocking.
static void *lock_and_die(void *argument)
{
    owner_tid = self();
    futex(argument, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0);
    sleep_ms(100);
    return NULL;
}

static struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec time;
    clock_gettime(clock, &time);
    time.tv_nsec += ms * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

static void alone(void)
{
    word = 0;
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    say_word("locked", word);
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_TRYLOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("unlocked", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0));
    say_word("tried", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
    word = FUTEX_OWNER_DIED;
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    say_word("after a dead owner", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("unlocked", word);
    word = FUTEX_WAITERS;
    SHOW(futex(&word, FUTEX_LOCK_PI2 | P, 0, NULL, NULL, 0));
    say_word("with a stray bit", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    word = 0x3ffffff0;
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    say("no such owner: %x", word);
    word = 0x3ffffff0;
    SHOW(futex(&word, FUTEX_TRYLOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    struct timespec bad = { 0, 1000000000 };
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, &bad, NULL, 0));
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, BAD, NULL, 0));
    SHOW(futex(&word, FUTEX_LOCK_PI | P | FUTEX_CLOCK_REALTIME, 0, NULL, NULL, 0));
    SHOW(futex((char *)&word + 1, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex((char *)&word + 1, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
    SHOW(futex((void *)16, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    uint32_t *read_only = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW(futex(read_only, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(read_only, FUTEX_LOCK_PI, 0, NULL, NULL, 0));
}

static void with_waiters(void)
{
    pthread_t threads[3];
    word = 0;
    MUST(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    struct step steps[3] = { { &word, FUTEX_LOCK_PI | P, NULL, 0, 30, 9 }, { &word, FUTEX_LOCK_PI2 | P, NULL, 0, 30, 9 },
        { &word, FUTEX_TRYLOCK_PI | P, NULL, 0, 0, 9 } };
    pthread_create(&threads[2], NULL, locker, &steps[2]);
    pthread_join(threads[2], NULL);
    say("try of another: %s", err_name(steps[2].result));
    say_word("tried", word);
    for (int i = 0; i < 2; i++) {
        pthread_create(&threads[i], NULL, locker, &steps[i]);
        sleep_ms(60);
    }
    say_word("two wait", word);
    SHOW(futex(&word, FUTEX_WAKE | P, 1, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_REQUEUE | P, 1, (void *)1, &second, 0));
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("handed over", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    say("both before: %d %d", steps[0].state, steps[1].state);
    say_word("mine at last", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("free", word);
    for (int i = 0; i < 2; i++) { pthread_join(threads[i], NULL); }
    say("results %ld %ld", steps[0].result, steps[1].result);

    MUST(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    struct timespec real = in_ms(CLOCK_REALTIME, 50), mono = in_ms(CLOCK_MONOTONIC, 50), past = { 1, 0 };
    struct step late[3] = { { &word, FUTEX_LOCK_PI | P, &real, 0, 0, 9 },
        { &word, FUTEX_LOCK_PI2 | P, &mono, 0, 0, 9 }, { &word, FUTEX_LOCK_PI2 | P, &past, 0, 0, 9 } };
    for (int i = 0; i < 3; i++) { pthread_create(&threads[i], NULL, locker, &late[i]); }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
        say("too late: %s", err_name(late[i].result));
    }
    say_word("they have gone", word);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("free", word);
}

static void dead_owner(void)
{
    pthread_t thread;
    word = 0;
    pthread_create(&thread, NULL, lock_and_die, &word);
    sleep_ms(40);
    say_word("of one who will die", word);
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    say_word("inherited", word);
    pthread_join(thread, NULL);
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    say_word("unlocked", word);
    pthread_create(&thread, NULL, lock_and_die, &word);
    pthread_join(thread, NULL);
    SHOW(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    word = 0;
}

static void *lock_two(void *argument)
{
    MUST(futex(&second, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    sleep_ms(50);
    *(long *)argument = futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0);
    futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0);
    futex(&second, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0);
    return NULL;
}

static void deadlock(void)
{
    pthread_t thread;
    long result = 9;
    word = second = 0;
    MUST(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    pthread_create(&thread, NULL, lock_two, &result);
    sleep_ms(150);
    SHOW(futex(&second, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    pthread_join(thread, NULL);
    say("the other: %ld", result);
}

static void *requeued(void *argument)
{
    struct step *step = argument;
    step->result
        = futex(&plain, FUTEX_WAIT_REQUEUE_PI | P, 0, step->timeout, step->address, 0) == 0 ? 0 : errno;
    step->state = 1;
    if (step->result == 0) {
        sleep_ms(60);
        say_word("requeued and owner", *step->address);
        futex(step->address, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0);
    }
    return NULL;
}

static void *wait_plain(void *argument)
{
    return (void *)futex(&plain, FUTEX_WAIT | P, 0, NULL, NULL, 0) + 0 * (long)argument;
}

static void requeue(void)
{
    pthread_t threads[3];
    plain = word = 0;
    SHOW(futex(&plain, FUTEX_WAIT_REQUEUE_PI | P, 1, NULL, &word, 0));
    SHOW(futex(&plain, FUTEX_WAIT_REQUEUE_PI | P, 0, NULL, &plain, 0));
    struct timespec soon = in_ms(CLOCK_MONOTONIC, 20);
    SHOW(futex(&plain, FUTEX_WAIT_REQUEUE_PI | P, 0, &soon, &word, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)1, &word, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)1, &word, 1));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 2, (void *)1, &word, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)1, &plain, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)-1L, &word, 0));
    struct step steps[3] = { { &word, 0, NULL, 0, 0, 9 }, { &word, 0, NULL, 0, 0, 9 }, { &word, 0, NULL, 0, 0, 9 } };
    // A free word: the first gets it, the others stand in line.
    for (int i = 0; i < 3; i++) { pthread_create(&threads[i], NULL, requeued, &steps[i]); }
    sleep_ms(100);
    SHOW(futex(&plain, FUTEX_WAKE | P, 1, NULL, NULL, 0));
    SHOW(futex(&plain, FUTEX_REQUEUE | P, 1, (void *)1, &second, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)1, &second, 0));
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)10, &word, 0));
    for (int i = 0; i < 3; i++) { pthread_join(threads[i], NULL); }
    say("all woken: %ld %ld %ld", steps[0].result, steps[1].result, steps[2].result);
    say_word("in the end", word);
    // A locked word: all stand in line; one of them only so long.
    MUST(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    struct timespec later = in_ms(CLOCK_MONOTONIC, 250);
    steps[0].timeout = &later;
    for (int i = 0; i < 2; i++) { pthread_create(&threads[i], NULL, requeued, &steps[i]); }
    sleep_ms(100);
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)10, &word, 0));
    sleep_ms(250);
    say("still waiting: %d, %s", steps[1].state, err_name(steps[0].result));
    SHOW(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    for (int i = 0; i < 2; i++) { pthread_join(threads[i], NULL); }
    say("results: %s %ld", err_name(steps[0].result), steps[1].result);
    // One that does not wait for a move.
    pthread_create(&threads[0], NULL, wait_plain, NULL);
    sleep_ms(50);
    word = 0;
    SHOW(futex(&plain, FUTEX_CMP_REQUEUE_PI | P, 1, (void *)1, &word, 0));
    SHOW(futex(&plain, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    SHOW(futex(&plain, FUTEX_WAKE | P, 1, NULL, NULL, 0));
    pthread_join(threads[0], NULL);
}

static void on_signal(int number) { (void)number; }

static void *interrupted(void *argument)
{
    struct step *step = argument;
    long first = futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0);
    step->result = first == 0 ? 0 : errno;
    futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0);
    step->operation = FUTEX_WAIT_REQUEUE_PI;
    return NULL;
}

static void signals(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGUSR1, &action, NULL);
    pthread_t thread;
    struct step step = { &word, 0, NULL, 0, 0, 9 };
    word = 0;
    MUST(futex(&word, FUTEX_LOCK_PI | P, 0, NULL, NULL, 0));
    pthread_create(&thread, NULL, interrupted, &step);
    sleep_ms(50);
    pthread_kill(thread, SIGUSR1);
    sleep_ms(50);
    say("goes on after a signal: %ld", step.result);
    MUST(futex(&word, FUTEX_UNLOCK_PI | P, 0, NULL, NULL, 0));
    pthread_join(thread, NULL);
    say("and gets it: %ld", step.result);
}

static volatile long counter;
static pthread_mutex_t mutex;

static void *count(void *argument)
{
    for (int i = 0; i < 3000; i++) {
        if (pthread_mutex_lock(&mutex) != 0) { return (void *)1; }
        counter = counter + 1;
        if (pthread_mutex_unlock(&mutex) != 0) { return (void *)2; }
    }
    return argument;
}

static void *hold_and_leave(void *argument)
{
    pthread_mutex_lock(argument);
    return NULL;
}

static void mutexes(void)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&mutex, &attributes);
    say("lock %s", err_name(pthread_mutex_lock(&mutex)));
    say("again %s", err_name(pthread_mutex_lock(&mutex)));
    say("try %s", err_name(pthread_mutex_trylock(&mutex)));
    say("unlock %d", pthread_mutex_unlock(&mutex));
    say("unlock again %s", err_name(pthread_mutex_unlock(&mutex)));
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) { pthread_create(&threads[i], NULL, count, NULL); }
    for (int i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        if (result) { say("counting failed"); }
    }
    say("counted %ld", counter);

    pthread_mutex_t *shared = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_NORMAL);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(shared, &attributes);
    pthread_create(&threads[0], NULL, hold_and_leave, shared);
    pthread_join(threads[0], NULL);
    say("thread left: %s", err_name(pthread_mutex_lock(shared)));
    say("consistent: %d", pthread_mutex_consistent(shared));
    say("unlock: %d", pthread_mutex_unlock(shared));
    for (int kill_it = 0; kill_it < 2; kill_it++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            pthread_mutex_lock(shared);
            sleep_ms(100);
            if (kill_it) { kill(getpid(), SIGKILL); }
            _exit(0);
        }
        sleep_ms(50);
        say("process left, with a waiter: %s", err_name(pthread_mutex_lock(shared)));
        pthread_mutex_consistent(shared);
        say("unlock: %d", pthread_mutex_unlock(shared));
        MUST(waitpid(child, NULL, 0));
    }
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        pthread_mutex_lock(shared);
        raise(SIGKILL);
    }
    MUST(waitpid(child, NULL, 0));
    say("process killed: %s", err_name(pthread_mutex_lock(shared)));
    say("unlock inconsistent: %d", pthread_mutex_unlock(shared));
    say("then: %s", err_name(pthread_mutex_lock(shared)));
}

int main(void)
{
    alone();
    with_waiters();
    dead_owner();
    deadlock();
    requeue();
    signals();
    mutexes();
    return 0;
}
