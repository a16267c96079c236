// SPDX-License-Identifier: Apache-2.0
// alarm(2), setitimer(2), POSIX timers with their notifications, CPU-time timers, overruns, errors.
#include "t.h"

static volatile int alarms, value_seen = -1, code_seen;
static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
}
static void on_timer(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    value_seen = info->si_value.sival_int;
    code_seen = info->si_code;
    alarms++;
}

static void *on_thread(union sigval value)
{
    value_seen = value.sival_int;
    alarms++;
    return NULL;
}

// Computes, in user and in kernel mode, until the first alarm; three seconds at most.
static void burn(void)
{
    int64_t end = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 3000000000;
    volatile unsigned long spin = 0;
    while (alarms == 0 && now_ns(CLOCK_PROCESS_CPUTIME_ID) < end) {
        for (int i = 0; i < 1000000; i++) { spin++; }
    }
}

static void wait_alarms(int n)
{
    for (int i = 0; i < 3000 && alarms < n; i++) { sleep_ms(1); }
}

int main(void)
{
    struct sigaction action = { .sa_handler = on_alarm },
                     info = { .sa_sigaction = on_timer, .sa_flags = SA_SIGINFO };
    MUST(sigaction(SIGALRM, &action, NULL));
    MUST(sigaction(SIGVTALRM, &action, NULL));
    MUST(sigaction(SIGPROF, &action, NULL));
    MUST(sigaction(SIGUSR1, &info, NULL));
    SHOW(alarm(100));
    SHOW(alarm(0));
    SHOW(alarm(0));
    struct itimerval now, set = { { 0, 10000 }, { 0, 10000 } }, off = { 0 },
                          bad = { { 0, 0 }, { 0, 1000000 } };
    SHOW(getitimer(ITIMER_REAL, &now));
    say("off %d", now.it_value.tv_sec == 0 && now.it_value.tv_usec == 0);
    SHOW(setitimer(ITIMER_REAL, &set, NULL));
    wait_alarms(5);
    SHOW(setitimer(ITIMER_REAL, &off, &now));
    say("five ticks %d, interval %ld", alarms >= 5, now.it_interval.tv_usec);
    alarms = 0;
    SHOW(setitimer(ITIMER_VIRTUAL, &set, NULL));
    burn();
    SHOW(setitimer(ITIMER_VIRTUAL, &off, NULL));
    say("virtual ticks %d", alarms >= 1);
    alarms = 0;
    SHOW(setitimer(ITIMER_PROF, &set, NULL));
    burn();
    SHOW(setitimer(ITIMER_PROF, &off, NULL));
    say("profiling ticks %d", alarms >= 1);
    SHOW(setitimer(ITIMER_REAL, &bad, NULL));
    SHOW(setitimer(7, &set, NULL));
    SHOW(getitimer(7, &now));
    SHOW(syscall(SYS_setitimer, ITIMER_REAL, BAD, NULL));
    SHOW(syscall(SYS_getitimer, ITIMER_REAL, BAD));

    alarms = 0;
    timer_t timer;
    struct sigevent event = {
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 99
    };
    struct itimerspec once = { { 0, 0 }, { 0, 20000000 } }, every = { { 0, 5000000 }, { 0, 5000000 } }, left,
                      none = { 0 };
    SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
    SHOW(timer_gettime(timer, &left));
    say("off %d", left.it_value.tv_nsec == 0);
    SHOW(timer_settime(timer, 0, &once, NULL));
    SHOW(timer_gettime(timer, &left));
    say("armed %d", left.it_value.tv_nsec > 0);
    wait_alarms(1);
    say("value %d, code SI_TIMER %d", value_seen, code_seen == SI_TIMER);
    SHOW(timer_getoverrun(timer));
    sigset_t block;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    sigprocmask(SIG_BLOCK, &block, NULL);
    SHOW(timer_settime(timer, 0, &every, NULL));
    sleep_ms(150);
    alarms = 0;
    sigtimedwait(&block, NULL, &(struct timespec){ 1, 0 });
    say("one signal with overruns %d", timer_getoverrun(timer) >= 5);
    SHOW(timer_settime(timer, 0, &none, NULL));
    sigprocmask(SIG_UNBLOCK, &block, NULL);
    SHOW(timer_delete(timer));
    SHOW(syscall(SYS_timer_delete, 9999));
    SHOW(syscall(SYS_timer_gettime, 9999, &left));
    SHOW(syscall(SYS_timer_settime, 9999, 0, &once, NULL));
    SHOW(syscall(SYS_timer_create, 77, NULL, &timer));
    SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, BAD));
    event.sigev_signo = 99;
    SHOW(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer));
    event = (struct sigevent){ .sigev_notify = SIGEV_THREAD,
        .sigev_notify_function = (void (*)(union sigval))(void *)on_thread,
        .sigev_value.sival_int = 55 };
    alarms = 0;
    SHOW(timer_create(CLOCK_REALTIME, &event, &timer));
    SHOW(timer_settime(timer, 0, &once, NULL));
    wait_alarms(1);
    say("thread saw %d", value_seen);
    SHOW(timer_delete(timer));
    event = (struct sigevent){ .sigev_notify = SIGEV_NONE };
    SHOW(timer_create(CLOCK_MONOTONIC, &event, &timer));
    SHOW(timer_settime(timer, 0, &once, NULL));
    sleep_ms(30);
    SHOW(timer_gettime(timer, &left));
    say("ran out %d", left.it_value.tv_nsec == 0);
    event = (struct sigevent){
        .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 12
    };
    alarms = 0;
    SHOW(timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer));
    SHOW(timer_settime(timer, 0, &once, NULL));
    burn();
    wait_alarms(1);
    say("CPU timer %d value %d", alarms, value_seen);
    signal(SIGALRM, SIG_DFL);
    CHILD(
        "alarm kills", alarm(1); for (;;) { pause(); });
    CHILD("alarm survives exec", alarm(1); execl("/bin/sleep", "sleep", "30", NULL));
    return 0;
}
