// SPDX-License-Identifier: Apache-2.0
// poll(2), ppoll, select(2), pselect: readiness of pipes and files, hang-up, time-outs, signals, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/select.h>

static void nothing(int signal) { (void)signal; }
static long timeout_of(struct timespec *t) { return t->tv_sec * 1000 + t->tv_nsec / 1000000; }

int main(void)
{
    int p[2], q[2];
    MUST(pipe(p));
    MUST(pipe(q));
    int file = (int)MUST(open("f", O_RDWR | O_CREAT, 0600));
    struct pollfd fds[4] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 }, { -5, POLLIN, 77 },
        { 99, POLLIN, 0 } };
    SHOW(poll(fds, 4, 0));
    say("%x %x %x %x", fds[0].revents, fds[1].revents, fds[2].revents, fds[3].revents);
    MUST(write(p[1], "x", 1));
    SHOW(poll(fds, 1, -1));
    say("%x", fds[0].revents);
    fds[0].events = POLLIN | POLLPRI | POLLOUT | POLLRDNORM | POLLRDHUP;
    SHOW(poll(fds, 1, 10));
    say("%x", fds[0].revents);
    close(p[1]);
    SHOW(poll(fds, 1, 10));
    say("with data, after hang-up %x", fds[0].revents);
    char c;
    MUST(read(p[0], &c, 1));
    SHOW(poll(fds, 1, 10));
    say("after hang-up %x", fds[0].revents);
    fds[0].events = 0;
    SHOW(poll(fds, 1, 10));
    say("nothing asked %x", fds[0].revents);
    close(q[0]);
    struct pollfd writer = { q[1], POLLOUT, 0 };
    SHOW(poll(&writer, 1, 10));
    say("reader gone %x", writer.revents);
    struct pollfd regular = { file, POLLIN | POLLOUT, 0 };
    SHOW(poll(&regular, 1, 10));
    say("file %x", regular.revents);
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    SHOW(poll(NULL, 0, 50));
    int64_t took = now_ns(CLOCK_MONOTONIC) - begun;
    say("50 ms %d", took >= 50000000 && took < 2000000000);
    SHOW(syscall(SYS_poll, BAD, 1, 0));
    SHOW(syscall(SYS_poll, fds, 1UL << 30, 0));
    struct timespec soon = { 0, 20000000 }, bad = { 0, -1 };
    SHOW(ppoll(NULL, 0, &bad, NULL));
    SHOW(syscall(SYS_ppoll, NULL, 0, &soon, NULL, 8));
    say("time left is written back %ld", timeout_of(&soon));
    SHOW(syscall(SYS_ppoll, NULL, 0, &soon, &soon, 5));

    struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
    MUST(sigaction(SIGALRM, &action, NULL));
    struct itimerval alarm_soon = { { 0, 0 }, { 0, 30000 } };
    setitimer(ITIMER_REAL, &alarm_soon, NULL);
    SHOW(poll(NULL, 0, 5000));
    setitimer(ITIMER_REAL, &alarm_soon, NULL);
    SHOW(select(0, NULL, NULL, NULL, &(struct timeval){ 5, 0 }));
    sigset_t block, empty;
    sigemptyset(&empty);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGALRM);
    SHOW(poll(NULL, 0, 10));
    SHOW(ppoll(NULL, 0, &(struct timespec){ 5, 0 }, &empty));
    raise(SIGALRM);
    SHOW(pselect(0, NULL, NULL, NULL, &(struct timespec){ 5, 0 }, &empty));

    MUST(pipe(p));
    fd_set in, out, except;
    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&except);
    FD_SET(p[0], &in);
    FD_SET(p[1], &out);
    FD_SET(file, &in);
    FD_SET(file, &except);
    SHOW(select(64, &in, &out, &except, NULL));
    say("%d %d %d %d", FD_ISSET(p[0], &in), FD_ISSET(p[1], &out), FD_ISSET(file, &in),
        FD_ISSET(file, &except));
    struct timeval limit = { 0, 20000 };
    FD_ZERO(&in);
    FD_SET(p[0], &in);
    SHOW(select(64, &in, NULL, NULL, &limit));
    say("cleared %d, time left %ld.%06ld", FD_ISSET(p[0], &in), limit.tv_sec, limit.tv_usec);
    FD_ZERO(&in);
    FD_SET(63, &in);
    SHOW(select(64, &in, NULL, NULL, &limit));
    SHOW(select(-1, NULL, NULL, NULL, &limit));
    limit.tv_sec = -1;
    SHOW(select(0, NULL, NULL, NULL, &limit));
    SHOW(syscall(SYS_select, 64, BAD, NULL, NULL, NULL));
    SHOW(pselect(0, NULL, NULL, NULL, &bad, NULL));

    // Woken by another process.
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(60);
        MUST(write(p[1], "w", 1));
        _exit(0);
    }
    struct pollfd wait_for = { p[0], POLLIN, 0 };
    SHOW(poll(&wait_for, 1, 5000));
    say("%x", wait_for.revents);
    MUST(waitpid(child, NULL, 0));
    return 0;
}
