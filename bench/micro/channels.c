// SPDX-License-Identifier: Apache-2.0
// Pipes, local sockets and events: within one process and between two.
#include "micro.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

static int ours[2], theirs[2], event, waiter;
static pid_t partner;

static void pipe_open(void) { check(pipe(ours), "pipe"); }
static void unix_open(void) { check(socketpair(AF_UNIX, SOCK_STREAM, 0, ours), "socketpair"); }
static void both_close(void)
{
    check(close(ours[0]), "close");
    check(close(ours[1]), "close");
}
static void pipe_run(long n)
{
    while (n--) {
        expect(write(ours[1], buffer, 1) == 1, "write");
        expect(read(ours[0], buffer, 1) == 1, "read");
    }
}
static void unix_run(long n)
{
    while (n--) {
        expect(send(ours[1], buffer, 1, 0) == 1, "send");
        expect(recv(ours[0], buffer, 1, 0) == 1, "recv");
    }
}

static void eventfd_open(void) { check(event = eventfd(0, 0), "eventfd"); }
static void eventfd_close(void) { check(close(event), "close"); }
static void eventfd_run(long n)
{
    uint64_t v = 1;
    while (n--) {
        expect(write(event, &v, 8) == 8, "write");
        expect(read(event, &v, 8) == 8 && v == 1, "read");
    }
}

static void epoll_open(void)
{
    check(waiter = epoll_create1(0), "epoll_create1");
    check(event = eventfd(1, 0), "eventfd");
    struct epoll_event e = { .events = EPOLLIN };
    check(epoll_ctl(waiter, EPOLL_CTL_ADD, event, &e), "epoll_ctl");
}
static void epoll_close(void)
{
    check(close(waiter), "close");
    check(close(event), "close");
}
static void epoll_run(long n)
{
    struct epoll_event e;
    while (n--) { expect(epoll_wait(waiter, &e, 1, -1) == 1, "epoll_wait"); }
}
static void poll_open(void) { check(event = eventfd(1, 0), "eventfd"); }
static void poll_run(long n)
{
    struct pollfd p = { .fd = event, .events = POLLIN };
    while (n--) { expect(poll(&p, 1, -1) == 1, "poll"); }
}

// The partner sends each byte back until our end closes. `ours` and `theirs` are read and write ends.
static void partner_start(int read_end, int write_end)
{
    check(partner = fork(), "fork");
    if (partner == 0) {
        char c;
        close(ours[0]);
        close(ours[1]);
        while (read(read_end, &c, 1) == 1 && write(write_end, &c, 1) == 1) {}
        _exit(0);
    }
}
static void ping_open(void)
{
    int there[2], back[2];
    check(pipe(there), "pipe");
    check(pipe(back), "pipe");
    ours[0] = back[0];
    ours[1] = there[1];
    partner_start(there[0], back[1]);
    check(close(there[0]), "close");
    check(close(back[1]), "close");
}
static void unix_ping_open(void)
{
    check(socketpair(AF_UNIX, SOCK_STREAM, 0, theirs), "socketpair");
    ours[0] = theirs[0];
    check(ours[1] = dup(theirs[0]), "dup");
    partner_start(theirs[1], theirs[1]);
    check(close(theirs[1]), "close");
}
static void ping_close(void)
{
    int status;
    both_close();
    expect(waitpid(partner, &status, 0) == partner && status == 0, "partner");
}
static void ping_run(long n)
{
    char c = 1;
    while (n--) {
        expect(write(ours[1], &c, 1) == 1, "write");
        expect(read(ours[0], &c, 1) == 1, "read");
    }
}

const struct row channel_rows[] = {
    { "pipe", pipe_open, pipe_run, both_close, 0, 0 },
    { "unix", unix_open, unix_run, both_close, 0, 0 },
    { "eventfd", eventfd_open, eventfd_run, eventfd_close, 0, 0 },
    { "epoll", epoll_open, epoll_run, epoll_close, 0, 0 },
    { "poll", poll_open, poll_run, eventfd_close, 0, 0 },
    { "ping-pong", ping_open, ping_run, ping_close, 2, 0 },
    { "unix-ping", unix_ping_open, ping_run, ping_close, 2, 0 },
    { 0 },
};
