// SPDX-License-Identifier: Apache-2.0
// Ping-pong through condition variables, semaphores, read-write locks, process-shared and robust mutexes,
// timed waits.
// @timeout 60
#include "t.h"
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int turn, rounds;
static sem_t ping, pong;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;

static void *player(void *argument)
{
    int me = (int)(long)argument;
    for (int i = 0; i < 2000; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != me) { pthread_cond_wait(&condition, &mutex); }
        turn = !me;
        rounds++;
        pthread_cond_signal(&condition);
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *echo(void *unused)
{
    (void)unused;
    for (int i = 0; i < 2000; i++) {
        sem_wait(&ping);
        sem_post(&pong);
    }
    return NULL;
}

static void *broadcast_waiter(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    while (turn != 9) { pthread_cond_wait(&condition, &mutex); }
    rounds++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void *reader(void *unused)
{
    (void)unused;
    for (int i = 0; i < 500; i++) {
        pthread_rwlock_rdlock(&rwlock);
        sched_yield();
        pthread_rwlock_unlock(&rwlock);
    }
    return NULL;
}

static void *die_holding(void *robust)
{
    pthread_mutex_lock(robust);
    return NULL;
}

int main(void)
{
    pthread_t a, b, many[10];
    pthread_create(&a, NULL, player, (void *)0);
    pthread_create(&b, NULL, player, (void *)1);
    pthread_join(a, NULL);
    pthread_join(b, NULL);
    say("rounds %d", rounds);
    sem_init(&ping, 0, 0);
    sem_init(&pong, 0, 0);
    pthread_create(&a, NULL, echo, NULL);
    for (int i = 0; i < 2000; i++) {
        sem_post(&ping);
        sem_wait(&pong);
    }
    pthread_join(a, NULL);
    say("semaphores done");
    rounds = 0;
    for (int i = 0; i < 10; i++) { pthread_create(&many[i], NULL, broadcast_waiter, NULL); }
    sleep_ms(50);
    pthread_mutex_lock(&mutex);
    turn = 9;
    pthread_cond_broadcast(&condition);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 10; i++) { pthread_join(many[i], NULL); }
    say("broadcast woke %d", rounds);
    struct timespec deadline;
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_nsec += 50000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    pthread_mutex_lock(&mutex);
    say("timed wait: %s", err_name(pthread_cond_timedwait(&condition, &mutex, &deadline)));
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 4; i++) { pthread_create(&many[i], NULL, reader, NULL); }
    for (int i = 0; i < 500; i++) {
        pthread_rwlock_wrlock(&rwlock);
        pthread_rwlock_unlock(&rwlock);
    }
    for (int i = 0; i < 4; i++) { pthread_join(many[i], NULL); }
    say("rwlock done");

    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutex_t *robust =
        MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    pthread_mutex_init(robust, &attributes);
    pthread_create(&a, NULL, die_holding, robust);
    pthread_join(a, NULL);
    say("owner thread died: %s", err_name(pthread_mutex_lock(robust)));
    pthread_mutex_consistent(robust);
    pthread_mutex_unlock(robust);
    CHILD("child dies with it", pthread_mutex_lock(robust); _exit(1));
    say("owner process died: %s", err_name(pthread_mutex_lock(robust)));
    pthread_mutex_consistent(robust);
    say("unlock %d", pthread_mutex_unlock(robust));
    return 0;
}
