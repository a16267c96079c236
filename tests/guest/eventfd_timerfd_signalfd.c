// SPDX-License-Identifier: Apache-2.0
// eventfd(2), timerfd_create(2), signalfd(2): values, overflow, semaphores, intervals, absolute times, queued
// signals, errors.
#include "t.h"
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

static long put(int fd, uint64_t value) { return write(fd, &value, 8); }

static void take(const char *what, int fd)
{
    uint64_t value = 0;
    long n = read(fd, &value, 8);
    say("%s: %ld %s %lu", what, n, n == -1 ? err_name(errno) : "", (unsigned long)value);
}

static void event(void)
{
    char small[4];
    int fd = (int)MUST(eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC));
    take("initial", fd);
    take("empty", fd);
    SHOW(put(fd, 5));
    SHOW(put(fd, 6));
    take("sum", fd);
    SHOW(put(fd, -1UL));
    SHOW(put(fd, -2UL));
    SHOW(put(fd, 1));
    struct pollfd state = { fd, POLLIN | POLLOUT, 0 };
    poll(&state, 1, 0);
    say("full %x", state.revents);
    take("full", fd);
    SHOW(read(fd, small, 4));
    SHOW(write(fd, small, 4));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(put(fd, 0));
    take("after zero", fd);
    int semaphore = (int)MUST(eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK));
    take("semaphore", semaphore);
    take("semaphore", semaphore);
    take("semaphore", semaphore);
    SHOW(eventfd(0, 0x12345));
    int blocking = (int)MUST(eventfd(0, 0));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(50);
        put(blocking, 9);
        _exit(0);
    }
    take("blocking", blocking);
    MUST(waitpid(child, NULL, 0));
}

static void timer(void)
{
    int fd = (int)MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    struct itimerspec once = { { 0, 0 }, { 0, 30000000 } }, every = { { 0, 20000000 }, { 0, 20000000 } }, now,
                      bad = { { 0, 0 }, { 0, -1 } };
    take("not armed", fd);
    SHOW(timerfd_settime(fd, 0, &once, NULL));
    SHOW(timerfd_gettime(fd, &now));
    say("time left %d, interval %ld", now.it_value.tv_nsec > 0 && now.it_value.tv_nsec <= 30000000,
        now.it_interval.tv_nsec);
    take("too early", fd);
    struct pollfd state = { fd, POLLIN, 0 };
    SHOW(poll(&state, 1, 5000));
    take("expired", fd);
    take("only once", fd);
    SHOW(timerfd_settime(fd, 0, &every, NULL));
    sleep_ms(110);
    uint64_t ticks = 0;
    MUST(read(fd, &ticks, 8));
    say("ticks of 20 ms in 110 ms: %d", ticks >= 5 && ticks <= 50);
    struct itimerspec off = { 0 };
    SHOW(timerfd_settime(fd, 0, &off, &now));
    say("old interval %ld", now.it_interval.tv_nsec);
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    struct itimerspec past = { { 0, 0 }, { at.tv_sec > 1 ? at.tv_sec - 1 : 0, 1 } };
    SHOW(timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
    SHOW(poll(&state, 1, 1000));
    take("absolute, in the past", fd);
    SHOW(timerfd_settime(fd, 0, &bad, NULL));
    SHOW(timerfd_settime(fd, 99, &once, NULL));
    SHOW(timerfd_settime(0, 0, &once, NULL));
    SHOW(timerfd_settime(99, 0, &once, NULL));
    SHOW(syscall(SYS_timerfd_settime, fd, 0, BAD, NULL));
    SHOW(timerfd_gettime(fd, BAD));
    SHOW(timerfd_create(77, 0));
    SHOW(timerfd_create(CLOCK_MONOTONIC, 0x123));
    SHOW(put(fd, 1));
    OK(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC));
    OK(timerfd_create(CLOCK_BOOTTIME, 0));
    int blocking = (int)MUST(timerfd_create(CLOCK_REALTIME, 0));
    SHOW(timerfd_settime(blocking, 0, &once, NULL));
    take("blocking", blocking);
}

static void signal_fd(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int fd = (int)MUST(signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC));
    struct signalfd_siginfo info[4];
    SHOW(read(fd, info, sizeof info));
    raise(SIGUSR2);
    sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 42 });
    sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 43 });
    kill(getpid(), SIGUSR1);
    struct pollfd state = { fd, POLLIN, 0 };
    SHOW(poll(&state, 1, 0));
    memset(info, 0, sizeof info);
    long n = SHOW(read(fd, info, sizeof info));
    for (long i = 0; i < n / (long)sizeof info[0]; i++) {
        say("signal %d code %d int %d pid %d uid %d", info[i].ssi_signo, (int)info[i].ssi_code,
            info[i].ssi_int, info[i].ssi_pid == (uint32_t)getpid(), info[i].ssi_uid == getuid());
    }
    SHOW(read(fd, info, sizeof info));
    SHOW(read(fd, info, 10));
    sigdelset(&set, SIGUSR1);
    SHOW(signalfd(fd, &set, 0) == fd);
    raise(SIGUSR1);
    SHOW(poll(&state, 1, 0));
    SHOW(signalfd(0, &set, 0));
    SHOW(signalfd(99, &set, 0));
    SHOW(signalfd(-1, &set, 0x77));
    SHOW(syscall(SYS_signalfd4, -1, &set, 5, 0));
    SHOW(syscall(SYS_signalfd4, -1, BAD, 8, 0));
    SHOW(write(fd, info, 8));
}

int main(void)
{
    event();
    timer();
    signal_fd();
    return 0;
}
