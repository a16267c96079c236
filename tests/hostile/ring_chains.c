// SPDX-License-Identifier: Apache-2.0
// What holds or ends the next of its kind, thousands of times: requests that cancel each other, rings that poll rings,
// sockets that carry sockets. Each is taken apart at its first link, which must not nest on the kernel's stack.
// @host no
// @timeout 60
// @flags -Wl,--whole-archive -luring -Wl,--no-whole-archive
#include "../guest/t.h"
#include <liburing.h>
#include <sys/resource.h>
#include <sys/socket.h>

enum { CHAIN = 5000, RINGS = 900, SOCKETS = 5000 };

// Poll k waits for ever; ending it lets the request run that ends poll k + 1.
static void cancellations(void)
{
    struct io_uring ring;
    int pipes[2];
    MUST(pipe(pipes));
    MUST(io_uring_queue_init(16384, &ring, 0));
    for (unsigned k = 1; k <= CHAIN; k++) {
        struct io_uring_sqe *s = io_uring_get_sqe(&ring);
        io_uring_prep_poll_add(s, pipes[0], POLLIN);
        s->user_data = k;
        s->flags = IOSQE_IO_HARDLINK;
        s = io_uring_get_sqe(&ring);
        io_uring_prep_cancel64(s, k + 1, 0);
        s->user_data = 1000000 + k;
    }

    MUST(io_uring_submit(&ring));
    struct io_uring_sqe *s = io_uring_get_sqe(&ring);
    io_uring_prep_cancel64(s, 1, 0);
    s->user_data = 2000000;
    MUST(io_uring_submit(&ring));
    int cancelled = 0, found = 0;
    for (int i = 0; i < 2 * CHAIN + 1; i++) {
        struct io_uring_cqe *c;
        MUST(io_uring_wait_cqe(&ring, &c));
        cancelled += c->user_data <= CHAIN && c->res == -ECANCELED;
        found += c->user_data > CHAIN && c->res == 0;
        io_uring_cqe_seen(&ring, c);
    }

    if (cancelled != CHAIN || found != CHAIN) {
        say("cancelled %d, found %d", cancelled, found);
        exit(1);
    }
    io_uring_queue_exit(&ring);
}

// Ring k holds the only reference to ring k + 1, by a poll that never ends.
static void rings(void)
{
    struct io_uring *all = calloc(RINGS, sizeof *all);
    for (int i = 0; i < RINGS; i++)
        MUST(io_uring_queue_init(2, &all[i], 0));
    for (int i = 0; i < RINGS - 1; i++) {
        io_uring_prep_poll_add(io_uring_get_sqe(&all[i]), all[i + 1].ring_fd, POLLIN);
        MUST(io_uring_submit(&all[i]));
    }

    for (int i = RINGS - 1; i >= 0; i--)
        io_uring_queue_exit(&all[i]);
}

static void send_fd(int to, int fd)
{
    char control[CMSG_SPACE(sizeof fd)] = { 0 };
    char byte = 1;
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = sizeof control };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    MUST(sendmsg(to, &message, 0));
}

// The queue of pair k holds the reading end of pair k + 1.
static void sockets(void)
{
    int next = -1, pair[2];
    for (int i = 0; i < SOCKETS; i++) {
        MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        if (next >= 0) {
            send_fd(pair[0], next);
            close(next);
        }

        close(pair[0]);
        next = pair[1];
    }

    close(next);
}

int main(void)
{
    cancellations();
    rings();
    sockets();
    say("taken apart");
    return 0;
}
