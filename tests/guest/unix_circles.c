// SPDX-License-Identifier: Apache-2.0
// Sockets sent over each other in circles and closed: what waits in them is let go of; what can be reached is not.
#include "t.h"
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

static long send_fds(int to, const int *fds, int count)
{
    char control[CMSG_SPACE(8 * sizeof(int))] = { 0 };
    char byte = 'x';
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = CMSG_SPACE(count * sizeof(int)) };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    memcpy(CMSG_DATA(header), fds, count * sizeof(int));
    return sendmsg(to, &message, 0);
}

static int receive_fd(int from)
{
    char control[CMSG_SPACE(8 * sizeof(int))];
    char byte;
    int fd = -1;
    struct iovec data = { &byte, 1 };
    struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = control,
        .msg_controllen = sizeof control };
    MUST(recvmsg(from, &message, 0));
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header != NULL) {
        memcpy(&fd, CMSG_DATA(header), sizeof fd);
        int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof fd), other;
        for (int i = 1; i < count; i++) {
            memcpy(&other, CMSG_DATA(header) + i * sizeof fd, sizeof fd);
            close(other);
        }
    }
    return fd;
}

// The pipe ends when all that waits in the circle is gone; closing any socket makes the kernel look.
static void say_end(const char *what, int reader)
{
    struct pollfd p = { reader, POLLIN, 0 };
    for (int i = 0; i < 500; i++) {
        int pair[2];
        MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        close(pair[0]);
        close(pair[1]);
        if (poll(&p, 1, 10) > 0) { break; }
    }
    say("%s: %s", what, p.revents & POLLHUP ? "let go of" : "still held");
    close(reader);
}

static void own_queue(int type)
{
    int pair[2], ends[2];
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, type, 0, pair));
    int both[2] = { pair[0], ends[1] };
    MUST(send_fds(pair[1], both, 2));
    close(ends[1]);
    close(pair[0]);
    close(pair[1]);
    say_end("in its own queue", ends[0]);
}

static void two_pairs(void)
{
    int a[2], b[2], ends[2];
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, a));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, b));
    int to_a[2] = { b[0], ends[1] };
    MUST(send_fds(a[1], to_a, 2));
    MUST(send_fds(b[1], &a[0], 1));
    close(ends[1]);
    close(a[0]);
    close(a[1]);
    close(b[0]);
    close(b[1]);
    say_end("each in the other's queue", ends[0]);
}

// A circle, one link of which also waits where somebody can receive it.
static void reachable(void)
{
    int a[2], out[2], ends[2];
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, a));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, out));
    int both[2] = { a[0], ends[1] };
    MUST(send_fds(a[1], both, 2));
    MUST(send_fds(out[1], &a[0], 1));
    close(a[0]);
    close(a[1]);
    close(ends[1]);
    for (int i = 0; i < 20; i++) {
        int pair[2];
        MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
        close(pair[0]);
        close(pair[1]);
        sleep_ms(2);
    }
    struct pollfd p = { ends[0], POLLIN, 0 };
    say("reachable circle: pipe %s", poll(&p, 1, 0) > 0 ? "ended" : "open");
    int got = receive_fd(out[0]);
    int inner = receive_fd(got);
    say("received it and what was in it: %d %d", got >= 0, inner >= 0);
    close(got);
    close(inner);
    close(out[0]);
    close(out[1]);
    say_end("after that", ends[0]);
}

// A listener in the queue of a connection to itself that nobody has accepted.
static void listener(void)
{
    int ends[2];
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    MUST(pipe(ends));
    int l = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(l, (struct sockaddr *)&name, sizeof(sa_family_t)));
    MUST(listen(l, 4));
    socklen_t length = sizeof name;
    MUST(getsockname(l, (struct sockaddr *)&name, &length));
    int c = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(connect(c, (struct sockaddr *)&name, length));
    int both[2] = { l, ends[1] };
    MUST(send_fds(c, both, 2));
    close(l);
    close(c);
    close(ends[1]);
    say_end("listener in its pending connection", ends[0]);
}

// A user may not have more on their way than it may open.
static void limit(void)
{
    int pair[2], sent = 0;
    long result = 0;
    struct rlimit small = { 20, 20 };
    if (getuid() == 0) { MUST(setresuid(65534, 65534, 65534)); }
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    MUST(setrlimit(RLIMIT_NOFILE, &small));
    while (sent < 100 && (result = send_fds(pair[1], &pair[0], 1)) == 1) { sent++; }
    say("sent %d, then %s", sent, result < 0 ? strerrorname_np(errno) : "no error");
}

int main(void)
{
    own_queue(SOCK_STREAM);
    own_queue(SOCK_DGRAM);
    own_queue(SOCK_SEQPACKET);
    two_pairs();
    reachable();
    listener();
    CHILD("limit", limit());
    return 0;
}
