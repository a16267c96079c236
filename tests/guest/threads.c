// SPDX-License-Identifier: Apache-2.0
// clone(2) through pthreads: create and join, thread-local storage, many at once, mutex, detached, cancel,
// names, stack size.
// @variants static,dynamic
// @timeout 60
#include "t.h"
#include <sys/prctl.h>

static _Thread_local long local = 7;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static long counter;
static pthread_key_t key;
static int destroyed;

static void *basic(void *argument)
{
    local += (long)argument;
    return (void *)local;
}

static void *count(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20000; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
    }
    return NULL;
}

static void *meet(void *unused)
{
    (void)unused;
    return (void *)(long)(pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD);
}

static void destroy(void *unused)
{
    (void)unused;
    destroyed++;
}
static void *keyed(void *unused)
{
    (void)unused;
    pthread_setspecific(key, "x");
    return NULL;
}
static void *forever(void *unused)
{
    (void)unused;
    for (;;) { sleep(100); }
    return NULL;
}
static void *deep(void *unused)
{
    (void)unused;
    volatile char block[200000];
    memset((char *)block, 1, sizeof block);
    return (void *)(long)block[1234];
}

static void *same_process(void *pid)
{
    return (void *)(long)(getpid() == (pid_t)(long)pid && syscall(SYS_gettid) != getpid());
}

int main(void)
{
    pthread_t threads[100];
    void *result;
    for (long i = 0; i < 8; i++) { MUST(-pthread_create(&threads[i], NULL, basic, (void *)i)); }
    long sum = 0;
    for (int i = 0; i < 8; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    say("TLS: %ld, main's %ld", sum, local);
    for (int i = 0; i < 8; i++) { pthread_create(&threads[i], NULL, count, NULL); }
    for (int i = 0; i < 8; i++) { pthread_join(threads[i], NULL); }
    say("mutex: %ld", counter);
    pthread_barrier_init(&barrier, NULL, 100);
    for (int i = 0; i < 100; i++) { MUST(-pthread_create(&threads[i], NULL, meet, NULL)); }
    sum = 0;
    for (int i = 0; i < 100; i++) {
        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    say("100 threads met, serial %ld", sum);
    for (int i = 0; i < 500; i++) {
        pthread_create(&threads[0], NULL, basic, NULL);
        pthread_join(threads[0], &result);
        if ((long)result != 7) { say("round %d: %ld", i, (long)result); }
    }
    pthread_key_create(&key, destroy);
    pthread_create(&threads[0], NULL, keyed, NULL);
    pthread_join(threads[0], NULL);
    say("key destructor ran %d", destroyed);
    pthread_create(&threads[0], NULL, forever, NULL);
    pthread_cancel(threads[0]);
    pthread_join(threads[0], &result);
    say("cancelled %d", result == PTHREAD_CANCELED);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 20);
    pthread_create(&threads[0], &attributes, deep, NULL);
    pthread_join(threads[0], &result);
    say("deep %ld", (long)result);
    pthread_create(&threads[0], NULL, same_process, (void *)(long)getpid());
    pthread_join(threads[0], &result);
    say("one process, another tid %ld", (long)result);
    pthread_setname_np(pthread_self(), "renamed");
    char name[16];
    prctl(PR_GET_NAME, name);
    say("name %s", name);
    SHOW(pthread_join(pthread_self(), NULL));
    return 0;
}
