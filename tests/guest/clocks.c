// SPDX-License-Identifier: Apache-2.0
// nanosleep(2), clock_nanosleep, clock_gettime, clock_getres, gettimeofday, time, times: order, agreement,
// errors.
#include "t.h"
#include <sys/times.h>

int main(void)
{
    struct timespec t = { 0, 20000000 }, bad = { 0, 1000000000 }, negative = { -1, 0 };
    int64_t a = now_ns(CLOCK_MONOTONIC);
    SHOW(nanosleep(&t, NULL));
    int64_t b = now_ns(CLOCK_MONOTONIC);
    say("20 ms %d", b - a >= 20000000 && b - a < 2000000000);
    SHOW(nanosleep(&bad, NULL));
    SHOW(nanosleep(&negative, NULL));
    SHOW(syscall(SYS_nanosleep, BAD, NULL));
    SHOW(nanosleep(&(struct timespec){ 0, 0 }, NULL));
    say("clock_nanosleep %d", clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL));
    clock_gettime(CLOCK_MONOTONIC, &t);
    t.tv_nsec += 10000000;
    if (t.tv_nsec >= 1000000000) {
        t.tv_sec++;
        t.tv_nsec -= 1000000000;
    }
    say("absolute %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL));
    struct timespec after;
    clock_gettime(CLOCK_MONOTONIC, &after);
    say("not before %d", after.tv_sec > t.tv_sec || (after.tv_sec == t.tv_sec && after.tv_nsec >= t.tv_nsec));
    say("past %d", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &(struct timespec){ 1, 0 }, NULL));
    say("errors %s %s %s", err_name(clock_nanosleep(77, 0, &t, NULL)),
        err_name(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL)),
        err_name(clock_nanosleep(CLOCK_THREAD_CPUTIME_ID, 0, &t, NULL)));
    int clocks[] = { CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
        CLOCK_MONOTONIC_RAW, CLOCK_REALTIME_COARSE, CLOCK_MONOTONIC_COARSE, CLOCK_BOOTTIME, CLOCK_TAI };
    for (int i = 0; i < 9; i++) {
        struct timespec one, two, raw;
        int ok = clock_gettime(clocks[i], &one);
        int raw_ok = (int)syscall(SYS_clock_gettime, clocks[i], &raw);
        clock_gettime(clocks[i], &two);
        int64_t x = one.tv_sec * 1000000000LL + one.tv_nsec, y = raw.tv_sec * 1000000000LL + raw.tv_nsec,
                z = two.tv_sec * 1000000000LL + two.tv_nsec;
        struct timespec resolution;
        int resolved = clock_getres(clocks[i], &resolution);
        say("clock %d: %d %d ordered %d, vDSO and call agree %d, resolution %d %ld", clocks[i], ok, raw_ok,
            x <= z, x <= y && y <= z, resolved, resolution.tv_nsec);
    }
    SHOW(clock_gettime(77, &t));
    SHOW(clock_gettime(-1, &t) == -1 && errno != EINVAL);
    SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, BAD));
    SHOW(clock_getres(77, &t));
    SHOW(clock_getres(CLOCK_MONOTONIC, NULL));
    struct timeval day;
    SHOW(gettimeofday(&day, NULL));
    say("gettimeofday near time() %d, near CLOCK_REALTIME %d", labs(day.tv_sec - time(NULL)) <= 1,
        labs(day.tv_sec - now_ns(CLOCK_REALTIME) / 1000000000) <= 1);
    say("this century %d", day.tv_sec > 1600000000);
    struct tms spent;
    long ticks = times(&spent);
    say("times %d", ticks > 0 && spent.tms_utime >= 0 && spent.tms_cutime >= 0);
    int64_t cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    sleep_ms(50);
    int64_t slept = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    say("sleeping costs no CPU time %d", slept < 30000000);
    volatile unsigned long spin = 0;
    a = now_ns(CLOCK_MONOTONIC);
    cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    while (now_ns(CLOCK_MONOTONIC) - a < 50000000) { spin += 1; }
    int64_t used = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    b = now_ns(CLOCK_MONOTONIC) - a;
    say("spinning costs CPU time %d, no more than it lasts %d", used > 0, used <= b + 5000000);
    clockid_t of_self;
    SHOW(clock_getcpuclockid(getpid(), &of_self));
    SHOW(clock_gettime(of_self, &t));
    SHOW(clock_settime(CLOCK_MONOTONIC, &t));
    return 0;
}
