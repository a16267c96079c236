// SPDX-License-Identifier: Apache-2.0
// epoll(7): level and edge triggered, one-shot, modify and delete, closed descriptors, nesting, time-outs,
// many, errors.
#include "t.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int ep;

static void show(const char *what, int timeout)
{
    struct epoll_event events[8];
    int n = epoll_wait(ep, events, 8, timeout);
    char text[200] = "";
    for (int i = 0; i < n; i++) {
        char one[40];
        snprintf(one, sizeof one, " %lu:%x", (unsigned long)events[i].data.u64, events[i].events);
        strcat(text, one);
    }
    say("%s: %d%s", what, n, text);
}

static long control(int operation, int fd, uint32_t mask, uint64_t data)
{
    struct epoll_event event = { .events = mask, .data.u64 = data };
    return epoll_ctl(ep, operation, fd, &event);
}

static void nothing(int signal) { (void)signal; }

// How many of three sleepers, each with a set of its own, hear of one write.
static int told(uint32_t flags)
{
    int p[2], heard = 0;
    pid_t children[3];
    MUST(pipe(p));
    for (int i = 0; i < 3; i++) {
        if ((children[i] = (pid_t)MUST(fork())) == 0) {
            int own = (int)MUST(epoll_create1(0));
            struct epoll_event event = { .events = EPOLLIN | flags };
            MUST(epoll_ctl(own, EPOLL_CTL_ADD, p[0], &event));
            _exit(epoll_wait(own, &event, 1, 1000) == 1);
        }
    }
    sleep_ms(300);
    MUST(write(p[1], "x", 1));
    for (int i = 0; i < 3; i++) {
        int status;
        MUST(waitpid(children[i], &status, 0));
        heard += WEXITSTATUS(status);
    }
    close(p[0]);
    close(p[1]);
    return heard;
}

static void exclusive(void)
{
    int p[2], set = (int)MUST(epoll_create1(0)), other = (int)MUST(epoll_create1(0));
    MUST(pipe(p));
    struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
    SHOW(epoll_ctl(set, EPOLL_CTL_ADD, other, &event));
    SHOW(epoll_ctl(set, EPOLL_CTL_ADD, p[0], &event));
    SHOW(epoll_ctl(set, EPOLL_CTL_MOD, p[0], &event));
    event.events = EPOLLIN;
    SHOW(epoll_ctl(set, EPOLL_CTL_MOD, p[0], &event));
    SHOW(epoll_ctl(set, EPOLL_CTL_DEL, p[0], &event));
    event.events = EPOLLIN | EPOLLONESHOT | EPOLLEXCLUSIVE;
    SHOW(epoll_ctl(set, EPOLL_CTL_ADD, p[0], &event));
    say("told of a write: %d", told(0));
    // The level is still there: a sleeper whose time is up looks once more and sees it.
    say("told alone, by edge: %d", told(EPOLLEXCLUSIVE | EPOLLET) < 3);
}

int main(void)
{
    int p[2], q[2];
    char c;
    MUST(pipe(p));
    MUST(pipe(q));
    ep = (int)MUST(epoll_create1(EPOLL_CLOEXEC));
    SHOW(fcntl(ep, F_GETFD));
    show("empty", 0);
    SHOW(control(EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
    show("nothing there", 0);
    SHOW(control(EPOLL_CTL_ADD, p[0], EPOLLIN, 1));
    SHOW(control(EPOLL_CTL_MOD, q[0], EPOLLIN, 1));
    SHOW(control(EPOLL_CTL_DEL, q[0], 0, 0));
    SHOW(control(EPOLL_CTL_ADD, ep, EPOLLIN, 1));
    SHOW(control(EPOLL_CTL_ADD, 99, EPOLLIN, 1));
    SHOW(control(77, q[0], EPOLLIN, 1));
    int file = (int)MUST(open("f", O_RDWR | O_CREAT, 0600));
    SHOW(control(EPOLL_CTL_ADD, file, EPOLLIN, 1));
    SHOW(epoll_ctl(p[0], EPOLL_CTL_ADD, q[0], &(struct epoll_event){ 0 }));
    SHOW(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_ADD, q[0], BAD));
    SHOW(syscall(SYS_epoll_wait, ep, BAD, 1, 0));
    struct epoll_event event;
    SHOW(epoll_wait(ep, &event, 0, 0));
    SHOW(epoll_wait(ep, &event, -1, 0));
    SHOW(epoll_wait(99, &event, 1, 0));
    SHOW(epoll_wait(p[0], &event, 1, 0));
    SHOW(epoll_create(0));
    SHOW(epoll_create1(64));
    MUST(write(p[1], "xy", 2));
    show("level", 0);
    show("level again", 0);
    MUST(read(p[0], &c, 1));
    show("one byte left", 0);
    SHOW(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET, 2));
    show("edge", 0);
    show("edge again", 0);
    MUST(write(p[1], "z", 1));
    show("edge, after another write", 0);
    show("edge again", 0);
    SHOW(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT, 3));
    show("one shot", 0);
    MUST(write(p[1], "z", 1));
    show("one shot, disarmed", 0);
    SHOW(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT, 4));
    show("one shot, armed again", 0);
    SHOW(control(EPOLL_CTL_ADD, q[1], EPOLLOUT, 5));
    show("writer", 0);
    close(q[0]);
    show("reader gone", 0);
    SHOW(control(EPOLL_CTL_MOD, q[1], 0, 6));
    show("nothing asked", 0);
    SHOW(control(EPOLL_CTL_DEL, q[1], 0, 0));
    close(q[1]);
    SHOW(control(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLRDHUP, 7));
    close(p[1]);
    show("writer gone, data left", 0);
    int twin = dup(p[0]);
    close(p[0]);
    show("closed, but a duplicate is open", 0);
    close(twin);
    show("closed", 0);

    int event_fd = (int)MUST(eventfd(0, EFD_NONBLOCK)), other = (int)MUST(eventfd(1, EFD_NONBLOCK));
    SHOW(control(EPOLL_CTL_ADD, event_fd, EPOLLIN | EPOLLOUT | EPOLLET, 10));
    show("eventfd", 0);
    show("eventfd again", 0);
    MUST(write(event_fd, &(uint64_t){ 1 }, 8));
    show("written", 0);
    MUST(write(event_fd, &(uint64_t){ 1 }, 8));
    show("written again", 0);
    SHOW(control(EPOLL_CTL_DEL, event_fd, 0, 0));
    int inner = ep;
    SHOW(control(EPOLL_CTL_ADD, other, EPOLLIN, 11));
    ep = (int)MUST(epoll_create1(0));
    SHOW(control(EPOLL_CTL_ADD, inner, EPOLLIN, 12));
    show("nested", 0);
    uint64_t value;
    MUST(read(other, &value, 8));
    show("nested, drained", 0);
    struct pollfd poll_it = { ep, POLLIN, 0 };
    SHOW(poll(&poll_it, 1, 0));
    SHOW(epoll_ctl(inner, EPOLL_CTL_ADD, ep, &(struct epoll_event){ .events = EPOLLIN }));

    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(60);
        MUST(write(other, &(uint64_t){ 1 }, 8));
        _exit(0);
    }
    show("woken from another process", 5000);
    MUST(waitpid(child, NULL, 0));
    MUST(read(other, &value, 8));
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    show("time-out", 50);
    int64_t took = now_ns(CLOCK_MONOTONIC) - begun;
    say("50 ms %d", took >= 50000000 && took < 2000000000);
    struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_RESTART };
    MUST(sigaction(SIGALRM, &action, NULL));
    setitimer(ITIMER_REAL, &(struct itimerval){ { 0, 0 }, { 0, 30000 } }, NULL);
    SHOW(epoll_wait(ep, &event, 1, 5000));
    sigset_t block, empty;
    sigemptyset(&empty);
    sigemptyset(&block);
    sigaddset(&block, SIGALRM);
    sigprocmask(SIG_BLOCK, &block, NULL);
    raise(SIGALRM);
    SHOW(epoll_pwait(ep, &event, 1, 10, NULL));
    SHOW(epoll_pwait(ep, &event, 1, 5000, &empty));
    SHOW(epoll_pwait2(ep, &event, 1, &(struct timespec){ 0, 1000000 }, NULL));
    SHOW(epoll_pwait2(ep, &event, 1, &(struct timespec){ 0, -1 }, NULL));

    // A hundred at once, in rounds.
    int many = (int)MUST(epoll_create1(0)), pipes[100][2];
    for (int i = 0; i < 100; i++) {
        MUST(pipe(pipes[i]));
        MUST(epoll_ctl(
            many, EPOLL_CTL_ADD, pipes[i][0], &(struct epoll_event){ .events = EPOLLIN, .data.u32 = i }));
        MUST(write(pipes[i][1], "x", 1));
    }
    int seen[100] = { 0 }, total = 0;
    struct epoll_event some[30];
    for (int round = 0; round < 4; round++) {
        int n = epoll_wait(many, some, 30, 0);
        for (int i = 0; i < n; i++) { seen[some[i].data.u32]++; }
    }
    for (int i = 0; i < 100; i++) { total += seen[i] > 0; }
    say("all seen in four rounds of 30: %d", total);
    struct epoll_event room[200];
    SHOW(epoll_wait(many, room, 200, 0));
    SHOW(epoll_wait(many, room, 99, 0));
    SHOW(syscall(SYS_epoll_wait, many, BAD, 200, 0));
    for (int i = 0; i < 100; i++) {
        struct epoll_event edge = { .events = EPOLLIN | EPOLLET, .data.u32 = i };
        MUST(epoll_ctl(many, EPOLL_CTL_MOD, pipes[i][0], &edge));
    }
    SHOW(epoll_wait(many, room, 70, 0));
    SHOW(epoll_wait(many, room, 200, 0));
    SHOW(epoll_wait(many, room, 200, 0));
    exclusive();
    return 0;
}
