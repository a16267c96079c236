// SPDX-License-Identifier: Apache-2.0
// Affinity, nice values and SCHED_IDLE act: on oneself, on others, over fork, thread creation and exec.
#include "t.h"
#include <sched.h>
#include <sys/resource.h>

static void stay(int cpu, pid_t who)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    MUST(sched_setaffinity(who, sizeof set, &set));
}

// Whether a busy loop of some milliseconds sees this CPU only.
static int only_on(int cpu)
{
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    int others = 0;
    do {
        for (int i = 0; i < 1000; i++) { others += sched_getcpu() != cpu; }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 30);
    return others == 0;
}

static void *thread(void *cpu)
{
    say("thread: %d", only_on((int)(intptr_t)cpu));
    return NULL;
}

static void be_nice(void) { MUST(setpriority(PRIO_PROCESS, 0, 19)); }

static void be_idle(void)
{
    struct sched_param none = { 0 };
    MUST(sched_setscheduler(0, SCHED_IDLE, &none));
}

static double work(void (*yield_to_others)(void))
{
    struct timespec used;
    volatile long n = 0;
    if (yield_to_others != NULL) { yield_to_others(); }
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    do {
        for (int i = 0; i < 100000; i++) { n++; }
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - start.tv_sec + (now.tv_nsec - start.tv_nsec) / 1e9 < 0.8);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return used.tv_sec + used.tv_nsec / 1e9;
}

// Two processes want one CPU, one of them less urgently.
static int has_less(void (*yield_to_others)(void))
{
    int results[2];
    MUST(pipe(results));
    for (int i = 0; i < 2; i++) {
        if (MUST(fork()) == 0) {
            double used[2] = { i, work(i == 0 ? NULL : yield_to_others) };
            MUST(write(results[1], used, sizeof used));
            _exit(0);
        }
    }
    double used[2] = { 0, 0 };
    for (int i = 0; i < 2; i++) {
        double one[2];
        MUST(read(results[0], one, sizeof one));
        used[(int)one[0]] = one[1];
        MUST(wait(NULL));
    }
    return used[1] * 2 < used[0];
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        say("after exec: %d", only_on(atoi(argv[1])));
        return 0;
    }
    int last = (int)sysconf(_SC_NPROCESSORS_ONLN) - 1;
    for (int i = 0; i < 4; i++) {
        int cpu = i % 2 == 0 ? 0 : last;
        stay(cpu, 0);
        say("oneself: %d", only_on(cpu));
    }
    pthread_t t;
    pthread_create(&t, NULL, thread, (void *)(intptr_t)last);
    pthread_join(t, NULL);
    CHILD("fork", say("%d", only_on(last)); stay(0, 0); say("%d", only_on(0)));
    int to_child[2];
    MUST(pipe(to_child));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        char byte;
        MUST(read(to_child[0], &byte, 1));
        say("moved by another: %d", only_on(0));
        _exit(0);
    }
    stay(0, child);
    MUST(write(to_child[1], "x", 1));
    MUST(waitpid(child, NULL, 0));
    stay(0, 0);
    say("nice 19 has less of a CPU than nice 0: %d", has_less(be_nice));
    say("SCHED_IDLE has less of a CPU than SCHED_OTHER: %d", has_less(be_idle));
    stay(last, 0);
    char text[16];
    snprintf(text, sizeof text, "%d", last);
    execl("/proc/self/exe", "sched_acts", text, NULL);
    return 1;
}
