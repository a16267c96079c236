// SPDX-License-Identifier: Apache-2.0
// CPU time: clocks of process and thread, getrusage, times, wait4; timers that it drives; overruns.
#include "t.h"
#include <sys/times.h>

static volatile int count, overruns;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    count++;
    overruns += info->si_overrun;
}

static double cpu(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void *spin(void *argument)
{
    while (cpu(CLOCK_THREAD_CPUTIME_ID) < 0.05) { }
    return argument;
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO };
    sigaction(SIGPROF, &action, NULL);
    sigaction(SIGVTALRM, &action, NULL);
    sigaction(SIGRTMIN + 2, &action, NULL);
    struct itimerval every = { { 0, 10000 }, { 0, 10000 } }, off = { { 0, 0 }, { 0, 0 } };
    OK(setitimer(ITIMER_PROF, &every, NULL));
    while (count < 3) { }
    OK(setitimer(ITIMER_PROF, &off, NULL));
    say("process has used some: %d", cpu(CLOCK_PROCESS_CPUTIME_ID) >= 0.005);
    struct rusage usage;
    OK(getrusage(RUSAGE_SELF, &usage));
    say("usage says so: %d", usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 4000);

    pthread_t threads[2];
    double before = cpu(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < 2; i++) { pthread_create(&threads[i], NULL, spin, NULL); }
    for (int i = 0; i < 2; i++) { pthread_join(threads[i], NULL); }
    double used = cpu(CLOCK_PROCESS_CPUTIME_ID) - before;
    say("threads count: %d", used > 0.09 && used < 1);
    say("this thread does not: %d", cpu(CLOCK_THREAD_CPUTIME_ID) < before + 0.04);

    // A blocked timer signal is queued once and counts what it stands for.
    timer_t timer;
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 2 };
    OK(timer_create(CLOCK_MONOTONIC, &event, &timer));
    struct itimerspec period = { { 0, 10000000 }, { 0, 10000000 } };
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + 2);
    sigprocmask(SIG_BLOCK, &set, NULL);
    OK(timer_settime(timer, 0, &period, NULL));
    usleep(105000);
    count = 0;
    OK(timer_delete(timer));
    sigprocmask(SIG_UNBLOCK, &set, NULL);

    pid_t child = fork();
    if (child == 0) {
        while (cpu(CLOCK_PROCESS_CPUTIME_ID) < 0.06) { }
        _exit(0);
    }
    struct tms times_now;
    OK(wait4(child, NULL, 0, &usage));
    say("child's usage: %d", usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 50000);
    times(&times_now);
    say("times: %d", times_now.tms_cutime + times_now.tms_cstime >= 4);
    OK(getrusage(RUSAGE_CHILDREN, &usage));
    say("children: %d", usage.ru_utime.tv_usec + usage.ru_stime.tv_usec >= 50000);
    return 0;
}
