// SPDX-License-Identifier: Apache-2.0
// Threads, signals and process death together: directed signals, exit while others block, SIGKILL of a
// threaded process.
// @timeout 40
#include "t.h"
#include <semaphore.h>

static sem_t ready;
static _Thread_local volatile int mine;
static volatile int total;
static void count(int signal)
{
    (void)signal;
    mine++;
    __atomic_add_fetch(&total, 1, __ATOMIC_SEQ_CST);
}

static void *target(void *unused)
{
    (void)unused;
    sem_post(&ready);
    int64_t end = now_ns(CLOCK_MONOTONIC) + 5000000000;
    while (mine < 20 && now_ns(CLOCK_MONOTONIC) < end) { sched_yield(); }
    return (void *)(long)mine;
}

static void *block_on_pipe(void *end)
{
    char c;
    read((int)(long)end, &c, 1);
    return NULL;
}
static void *spin(void *unused)
{
    (void)unused;
    for (volatile long i = 0;; i++) {}
    return NULL;
}

int main(void)
{
    struct sigaction action = { .sa_handler = count };
    MUST(sigaction(SIGUSR1, &action, NULL));
    sem_init(&ready, 0, 0);
    pthread_t threads[4];
    void *result;
    for (int i = 0; i < 4; i++) { pthread_create(&threads[i], NULL, target, NULL); }
    for (int i = 0; i < 4; i++) { sem_wait(&ready); }
    for (int k = 0; k < 20; k++) {
        int before = total;
        for (int i = 0; i < 4; i++) { pthread_kill(threads[i], SIGUSR1); }
        for (int w = 0; w < 5000 && total < before + 4; w++) { sleep_ms(1); }
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &result);
        say("thread got %ld", (long)result);
    }
    int p[2];
    MUST(pipe(p));
    CHILD("exit while threads block and spin", {
        for (int i = 0; i < 3; i++) { pthread_create(&threads[i], NULL, block_on_pipe, (void *)(long)p[0]); }
        pthread_create(&threads[3], NULL, spin, NULL);
        sleep_ms(30);
        exit(17);
    });
    CHILD("a thread's fault ends the process", {
        pthread_create(&threads[0], NULL, block_on_pipe, (void *)(long)p[0]);
        pthread_create(&threads[1], NULL, (void *(*)(void *))16, NULL);
        for (;;) { pause(); }
    });
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (int i = 0; i < 2; i++) { pthread_create(&threads[i], NULL, spin, NULL); }
        pthread_create(&threads[2], NULL, block_on_pipe, (void *)(long)p[0]);
        for (;;) { pause(); }
    }
    sleep_ms(60);
    int status;
    MUST(kill(child, SIGSTOP));
    MUST(waitpid(child, &status, WUNTRACED));
    say_status("stopped with all its threads", status);
    MUST(kill(child, SIGCONT));
    MUST(kill(child, SIGKILL));
    MUST(waitpid(child, &status, 0));
    say_status("killed", status);
    return 0;
}
