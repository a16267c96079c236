// SPDX-License-Identifier: Apache-2.0
// futex(2): every command without waiters: arguments, addresses, timeouts, operations; robust lists of dead owners.
#include "t.h"
#include <linux/futex.h>

#define FUTEX(...) SHOW(syscall(SYS_futex, __VA_ARGS__))

static pthread_mutex_t *shared;

static void *lock_and_leave(void *argument)
{
    pthread_mutex_lock(shared);
    return argument;
}

int main(void)
{
    uint32_t word = 1, second = 5;
    struct timespec soon = { 0, 1000 }, bad = { 0, -1 }, negative = { -1, 0 }, past = { 1, 0 };
    FUTEX(&word, FUTEX_WAIT, 0, 0, 0, 0);
    FUTEX(&word, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 1, &soon, 0, 0);
    FUTEX(&word, FUTEX_WAIT, 1, &soon, 0, 0);
    FUTEX(&word, FUTEX_WAIT, 1, &bad, 0, 0);
    FUTEX(&word, FUTEX_WAIT, 1, &negative, 0, 0);
    FUTEX(&word, FUTEX_WAIT, 1, BAD, 0, 0);
    FUTEX(&word, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, 0, 0, 0);
    FUTEX((char *)&word + 1, FUTEX_WAKE, 1, 0, 0, 0);
    FUTEX((char *)&word + 1, FUTEX_WAIT, 1, 0, 0, 0);
    FUTEX(8, FUTEX_WAKE, 1, 0, 0, 0);
    FUTEX(8, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    FUTEX(-4096L, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    FUTEX(8, FUTEX_WAIT_PRIVATE, 1, 0, 0, 0);
    FUTEX(&word, FUTEX_WAIT_BITSET, 1, &past, 0, 0);
    FUTEX(&word, FUTEX_WAIT_BITSET, 1, &past, 0, 1);
    FUTEX(&word, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 1, &past, 0, 1);
    FUTEX(&word, FUTEX_WAKE_BITSET, 1, 0, 0, 0);
    FUTEX(&word, FUTEX_REQUEUE, -1, 1, &second, 0);
    FUTEX(&word, FUTEX_REQUEUE, 1, -1, &second, 0);
    FUTEX(&word, FUTEX_REQUEUE, 1, 1, &second, 0);
    FUTEX(&word, FUTEX_CMP_REQUEUE, 1, 1, &second, 0);
    FUTEX(&word, FUTEX_CMP_REQUEUE, 1, 1, &second, 1);
    int operations[] = { FUTEX_OP_SET, FUTEX_OP_ADD, FUTEX_OP_OR, FUTEX_OP_ANDN, FUTEX_OP_XOR, 5 };
    for (int i = 0; i < 6; i++) {
        FUTEX(&word, FUTEX_WAKE_OP, 1, 1, &second, FUTEX_OP(operations[i], -3, FUTEX_OP_CMP_LT, 5));
        FUTEX(&word, FUTEX_WAKE_OP, 1, 1, &second, FUTEX_OP((operations[i] | 8), 7, i, -5));
        say("%x", second);
    }
    FUTEX(&word, FUTEX_WAKE_OP, 1, 1, &second, FUTEX_OP(FUTEX_OP_ADD, 3, 9, 5));
    say("%x", second);
    FUTEX(&word, FUTEX_WAKE_OP | FUTEX_PRIVATE_FLAG, 1, 1, 8, FUTEX_OP(FUTEX_OP_ADD, 3, 1, 5));
    FUTEX(&word, 2, 0, 0, 0, 0);
    FUTEX(&word, 14, 0, 0, 0, 0);

    void *read_only = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *none = mmap(NULL, PAGE, PROT_NONE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    FUTEX(read_only, FUTEX_WAKE, 1, 0, 0, 0);
    FUTEX(none, FUTEX_WAKE, 1, 0, 0, 0);

    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(shared, &attributes);
    pthread_t thread;
    pthread_create(&thread, NULL, lock_and_leave, NULL);
    pthread_join(thread, NULL);
    say("thread left: %s", err_name(pthread_mutex_lock(shared)));
    pthread_mutex_consistent(shared);
    pthread_mutex_unlock(shared);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(shared);
        kill(getpid(), SIGKILL);
    }
    waitpid(child, NULL, 0);
    say("process killed: %s", err_name(pthread_mutex_lock(shared)));
    pthread_mutex_consistent(shared);
    say("unlock: %d", pthread_mutex_unlock(shared));
    return 0;
}
