// SPDX-License-Identifier: Apache-2.0
// EFAULT of send(2), recv, sendto, recvfrom, sendmsg, recvmsg, socketpair, bind, accept, getsockname,
// getsockopt and pipe2: bad pointers, memory that ends, what is lost and what is left when a call fails.
// @timeout 60
#include "bad.h"
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int stream[2], packet[2], bound, client;
static struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };

static int filled(int *pair, int n)
{
    char block[4096];
    while (recv(pair[0], block, sizeof block, MSG_DONTWAIT) > 0) {}
    memset(block, 'm', sizeof block);
    if (n > 0) { MUST(send(pair[1], block, n, 0)); }
    return pair[0];
}

// A queue of datagrams is short: it is emptied before each.
static int emptied(void)
{
    char block[4096];
    while (recv(bound, block, sizeof block, MSG_DONTWAIT) > 0) {}
    return client;
}
static int from_client(void)
{
    emptied();
    MUST(send(client, "datagram", 8, 0));
    return bound;
}

static long left(int fd)
{
    int n = -1;
    MUST(ioctl(fd, FIONREAD, &n));
    return n;
}

static void data(void)
{
    char buffer[256];
    socklen_t size = sizeof name;
    struct sockaddr_un from;
    EACH_BAD("send stream", (filled(stream, 0), SYS(sendto, stream[1], p, 10, 0, NULL, 0)));
    EACH_BAD("send packet", (filled(packet, 0), SYS(sendto, packet[1], p, 10, 0, NULL, 0)));
    EACH_BAD("send 0", SYS(sendto, stream[1], p, 0, 0, NULL, 0));
    EACH_BAD("send closed", SYS(sendto, 99, p, 10, 0, NULL, 0));
    EACH_BAD("send to no socket", SYS(sendto, 0, p, 10, 0, NULL, 0));
    EACH_BAD("sendto name", SYS(sendto, emptied(), "x", 1, 0, p, sizeof name));
    EACH_BAD("sendto name 0", SYS(sendto, emptied(), "x", 1, 0, p, 0));
    EACH_BAD("sendto name negative", SYS(sendto, emptied(), "x", 1, 0, p, -1L));
    EACH_BAD("sendto name too long", SYS(sendto, emptied(), "x", 1, 0, p, 129));
    EACH_BAD("recv stream", SYS(recvfrom, filled(stream, 20), p, 10, 0, NULL, NULL));
    EACH_BAD("recv stream empty", SYS(recvfrom, filled(stream, 0), p, 10, MSG_DONTWAIT, NULL, NULL));
    EACH_BAD("recv packet", SYS(recvfrom, filled(packet, 20), p, 10, 0, NULL, NULL));
    EACH_BAD(
        "recv packet, is lost", (SYS(recvfrom, filled(packet, 20), p, 10, 0, NULL, NULL), left(packet[0])));
    EACH_BAD("recv 0", SYS(recvfrom, filled(stream, 20), p, 0, 0, NULL, NULL));
    EACH_BAD("recvfrom name", SYS(recvfrom, from_client(), buffer, 10, 0, p, &size));
    EACH_BAD("recvfrom size", SYS(recvfrom, from_client(), buffer, 10, 0, &from, p));
    EACH_BAD("recvfrom size without a name", SYS(recvfrom, from_client(), buffer, 10, 0, NULL, p));
    EACH_BAD("recvfrom name of a stream", SYS(recvfrom, filled(stream, 20), buffer, 10, 0, p, &size));
    EACH_END("send stream", (filled(stream, 0), SYS(sendto, stream[1], p, 100, 0, NULL, 0)), 0, 1, 99, 100);
    EACH_END("send packet", (filled(packet, 0), SYS(sendto, packet[1], p, 100, 0, NULL, 0)), 0, 1, 99, 100);
    EACH_END(
        "arrived", (filled(packet, 0), SYS(sendto, packet[1], p, 100, 0, NULL, 0), left(packet[0])), 99, 100);
    EACH_END("recv stream", SYS(recvfrom, filled(stream, 100), p, 100, 0, NULL, NULL), 0, 1, 99, 100);
    EACH_END("recv packet", SYS(recvfrom, filled(packet, 100), p, 100, 0, NULL, NULL), 0, 1, 99, 100);
    EACH_END("recv short packet", SYS(recvfrom, filled(packet, 50), p, 100, 0, NULL, NULL), 49, 50, 51);
    EACH_END("peek", SYS(recvfrom, filled(stream, 100), p, 100, MSG_PEEK, NULL, NULL), 99, 100);
    EACH_END("left by a recv", (SYS(recvfrom, filled(stream, 100), p, 100, 0, NULL, NULL), left(stream[0])),
        50, 100);
}

static long message(
    int call, int fd, void *iov, long vectors, void *control, long controls, void *address, long size)
{
    struct msghdr m = { .msg_name = address,
        .msg_namelen = (socklen_t)size,
        .msg_iov = iov,
        .msg_iovlen = vectors,
        .msg_control = control,
        .msg_controllen = controls };
    return syscall(call, fd, &m, MSG_DONTWAIT);
}

static void messages(void)
{
    char buffer[64], control[64], big[4096];
    struct iovec one = { buffer, 10 };
    // A descriptor to pass.
    struct {
        struct cmsghdr head;
        int fd;
    } passed = { { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS }, 0 };
    EACH_BAD("sendmsg itself", SYS(sendmsg, stream[1], p, 0));
    EACH_BAD("recvmsg itself", SYS(recvmsg, filled(stream, 20), p, 0));
    EACH_BAD("sendmsg closed", SYS(sendmsg, 99, p, 0));
    EACH_BAD("sendmsg iov", message(SYS_sendmsg, stream[1], p, 1, NULL, 0, NULL, 0));
    EACH_BAD("sendmsg iov 0", message(SYS_sendmsg, stream[1], p, 0, NULL, 0, NULL, 0));
    EACH_BAD("sendmsg iov 1025", message(SYS_sendmsg, stream[1], p, 1025, NULL, 0, NULL, 0));
    EACH_BAD("sendmsg data", (one.iov_base = p, message(SYS_sendmsg, stream[1], &one, 1, NULL, 0, NULL, 0)));
    one.iov_base = buffer;
    EACH_BAD("sendmsg control", message(SYS_sendmsg, stream[1], &one, 1, p, 24, NULL, 0));
    EACH_BAD("sendmsg control 0", message(SYS_sendmsg, stream[1], &one, 1, p, 0, NULL, 0));
    EACH_BAD("sendmsg name", message(SYS_sendmsg, emptied(), &one, 1, NULL, 0, p, sizeof name));
    EACH_BAD("sendmsg name 0", message(SYS_sendmsg, emptied(), &one, 1, NULL, 0, p, 0));
    EACH_BAD("recvmsg iov", message(SYS_recvmsg, filled(stream, 20), p, 1, NULL, 0, NULL, 0));
    EACH_BAD("recvmsg iov 0", message(SYS_recvmsg, filled(stream, 20), p, 0, NULL, 0, NULL, 0));
    EACH_BAD("recvmsg data",
        (one.iov_base = p, message(SYS_recvmsg, filled(stream, 20), &one, 1, NULL, 0, NULL, 0)));
    one.iov_base = buffer;
    EACH_BAD("recvmsg control, none", message(SYS_recvmsg, filled(stream, 20), &one, 1, p, 64, NULL, 0));
    EACH_BAD("recvmsg name", message(SYS_recvmsg, from_client(), &one, 1, NULL, 0, p, sizeof name));
    EACH_END("sendmsg itself", SYS(sendmsg, stream[1], (memset(p, 0, 55), p), 0), 55, 56, 57);
    EACH_END(
        "recvmsg itself", SYS(recvmsg, filled(stream, 20), (memset(p, 0, 55), p), MSG_DONTWAIT), 55, 56, 57);
    EACH_END("sendmsg control",
        (memcpy(p, &passed, 20), message(SYS_sendmsg, stream[1], &one, 1, p, 24, NULL, 0)), 20, 23, 24);
    filled(stream, 0);
    // A header that lies in its own buffer.
    struct msghdr *m = (struct msghdr *)big;
    *m = (struct msghdr){ .msg_iov = &one, .msg_iovlen = 1 };
    one = (struct iovec){ big, 200 };
    SHOW(recvmsg(filled(stream, 200), m, 0));
    // The iov was read before, the flags are written after.
    say("%d %d", big[0] == 'm', ((struct msghdr *)big)->msg_flags);
    one = (struct iovec){ buffer, 10 };
    for (int i = 0; i < 3; i++) {
        // What a descriptor needs and where it cannot be put.
        filled(stream, 0);
        MUST(message(SYS_sendmsg, stream[1], &one, 1, &passed, 24, NULL, 0));
        errno = 0;
        long r = message(SYS_recvmsg, stream[0], &one, 1,
            i == 0       ? control
                : i == 1 ? BAD
                         : to_hole - 20,
            64, NULL, 0);
        say("recvmsg with a descriptor to %s: %ld %s",
            i == 0       ? "good"
                : i == 1 ? "bad"
                         : "an end",
            r, err_name(errno));
    }
}

static void pairs_and_names(void)
{
    socklen_t size = sizeof name;
    struct sockaddr_un from;
    int value;
    int next = (int)MUST(dup(0));
    close(next);
    EACH_BAD("pipe2", SYS(pipe2, p, 0));
    EACH_BAD("pipe", SYS(pipe, p));
    EACH_BAD("pipe2 bad flags", SYS(pipe2, p, 1));
    EACH_BAD("socketpair", SYS(socketpair, AF_UNIX, SOCK_STREAM, 0, p));
    EACH_BAD("socketpair bad type", SYS(socketpair, AF_UNIX, 77, 0, p));
    EACH_END("pipe2", SYS(pipe2, p, 0), 0, 1, 4, 7);
    int *fds = (int *)(to_hole - 8);
    SHOW(pipe2(fds, O_CLOEXEC));
    close(fds[0]);
    close(fds[1]);
    // No descriptor was lost on the way.
    value = (int)MUST(dup(0));
    say("descriptors are given back %d", value == next);
    close(value);
    EACH_BAD("getsockname name", SYS(getsockname, bound, p, &size));
    EACH_BAD("getsockname size", SYS(getsockname, bound, &from, p));
    EACH_BAD("getsockname closed", SYS(getsockname, 99, p, p));
    EACH_BAD("getpeername name", SYS(getpeername, client, p, &size));
    EACH_BAD("bind", SYS(bind, client, p, sizeof name));
    EACH_BAD("bind 0", SYS(bind, client, p, 0));
    EACH_BAD("connect", SYS(connect, client, p, sizeof name));
    EACH_BAD("getsockopt value", (size = 4, SYS(getsockopt, bound, SOL_SOCKET, SO_TYPE, p, &size)));
    EACH_BAD("getsockopt size", SYS(getsockopt, bound, SOL_SOCKET, SO_TYPE, &value, p));
    EACH_BAD("getsockopt value 0", (size = 0, SYS(getsockopt, bound, SOL_SOCKET, SO_TYPE, p, &size)));
    EACH_BAD("setsockopt", SYS(setsockopt, bound, SOL_SOCKET, SO_PASSCRED, p, 4));
    EACH_BAD("setsockopt short", SYS(setsockopt, bound, SOL_SOCKET, SO_PASSCRED, p, 3));
    EACH_END("getsockname", (size = sizeof name, SYS(getsockname, bound, p, &size)), 1, 2, 8, 9, 110);
    EACH_END("getsockname size", SYS(getsockname, bound, &from, p) == 0 ? 0 : -1, 0, 1, 3);
    size = 5;
    SHOW(getsockname(bound, (struct sockaddr *)(to_hole - 5), &size));
    say("size %d, '%.3s'", size, to_hole - 3);
    size = (socklen_t)-1;
    SHOW(getsockname(bound, (struct sockaddr *)&from, &size));
    // The size inside the name.
    union {
        struct sockaddr_un name;
        socklen_t size[8];
    } both;
    memset(&both, 0, sizeof both);
    both.size[1] = sizeof both.name;
    SHOW(getsockname(bound, (struct sockaddr *)&both.name, &both.size[1]));
    say("size %d", both.size[1]);
}

int main(void)
{
    bad_init();
    bad[5].p = NULL;
    MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, stream));
    MUST(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, packet));
    bound = (int)MUST(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    socklen_t size = offsetof(struct sockaddr_un, sun_path) + 7;
    MUST(bind(bound, (struct sockaddr *)&name, size));
    client = (int)MUST(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    MUST(connect(client, (struct sockaddr *)&name, size));
    data();
    messages();
    pairs_and_names();
    return 0;
}
