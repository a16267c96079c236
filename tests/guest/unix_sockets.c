// SPDX-License-Identifier: Apache-2.0
// AF_UNIX: socketpair(2), bind, listen, connect, accept; stream, datagram and seqpacket; shutdown,
// SCM_RIGHTS, SO_PEERCRED, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static socklen_t address(struct sockaddr_un *a, const char *path)
{
    memset(a, 0, sizeof *a);
    a->sun_family = AF_UNIX;
    memcpy(a->sun_path, path, strlen(path + 1) + 2);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
                       (path[0] ? strlen(path) + 1 : strlen(path + 1) + 1));
}

static void pass_descriptor(int sender, int receiver)
{
    int fd = (int)MUST(open("passed", O_RDWR | O_CREAT, 0600));
    MUST(write(fd, "content", 7));
    char control[CMSG_SPACE(2 * sizeof(int))] = { 0 }, byte = 'd';
    struct iovec data = { &byte, 1 };
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    int fds[2] = { fd, 1 };
    memcpy(CMSG_DATA(header), fds, sizeof fds);
    SHOW(sendmsg(sender, &message, 0));
    close(fd);
    memset(control, 0, sizeof control);
    message.msg_controllen = sizeof control;
    SHOW(recvmsg(receiver, &message, MSG_CMSG_CLOEXEC));
    header = CMSG_FIRSTHDR(&message);
    say("control %d type %d length %zu flags %x", header != NULL, header ? header->cmsg_type : -1,
        header ? header->cmsg_len : 0, message.msg_flags & ~MSG_CMSG_CLOEXEC);
    memcpy(fds, CMSG_DATA(header), sizeof fds);
    char back[10] = "";
    SHOW(pread(fds[0], back, 9, 0));
    say("passed file says %s, cloexec %d", back, fcntl(fds[0], F_GETFD));
    close(fds[0]);
    close(fds[1]);
    fds[0] = 999;
    memcpy(CMSG_DATA(header), fds, sizeof fds);
    SHOW(sendmsg(sender, &message, 0));
}

int main(void)
{
    int s[2], value;
    char block[300000], back[300];
    socklen_t length = sizeof value;
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    SHOW(write(s[0], "stream", 6));
    SHOW(send(s[0], "more", 4, 0));
    SHOW(recv(s[1], back, 3, MSG_PEEK));
    SHOW(recv(s[1], back, 100, 0));
    SHOW(recv(s[1], back, 1, MSG_DONTWAIT));
    pass_descriptor(s[0], s[1]);
    struct ucred credentials;
    length = sizeof credentials;
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_PEERCRED, &credentials, &length));
    say("peer pid %d uid %d gid %d", credentials.pid == getpid(), credentials.uid == getuid(),
        credentials.gid == getgid());
    length = sizeof value;
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &value, &length));
    say("type %d", value);
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_ERROR, &value, &length));
    say("error %d", value);
    SHOW(getsockopt(s[0], SOL_SOCKET, SO_DOMAIN, &value, &length));
    say("domain %d", value);
    SHOW(shutdown(s[0], SHUT_WR));
    SHOW(read(s[1], back, 10));
    SHOW(write(s[1], "other way", 9));
    SHOW(read(s[0], back, 100));
    SHOW(send(s[0], "x", 1, MSG_NOSIGNAL));
    CHILD("SIGPIPE", write(s[0], "x", 1); _exit(1));
    close(s[1]);
    SHOW(read(s[0], back, 10));
    SHOW(lseek(s[0], 0, SEEK_SET));

    SHOW(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, s));
    SHOW(send(s[0], "one", 3, 0));
    SHOW(send(s[0], "three", 5, 0));
    SHOW(recv(s[1], back, 2, 0));
    SHOW(recv(s[1], back, 100, MSG_TRUNC));
    SHOW(recv(s[1], back, 100, 0));
    SHOW(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s));
    SHOW(send(s[0], "packet", 6, 0));
    SHOW(send(s[0], "second", 6, 0));
    SHOW(recv(s[1], back, 100, 0));
    close(s[0]);
    SHOW(recv(s[1], back, 100, 0));
    SHOW(recv(s[1], back, 100, 0));

    struct sockaddr_un name, peer;
    socklen_t n = address(&name, "socket");
    int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)),
        client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    SHOW(connect(client, (struct sockaddr *)&name, n));
    SHOW(bind(listener, (struct sockaddr *)&name, n));
    SHOW(bind(listener, (struct sockaddr *)&name, n));
    struct stat st;
    SHOW(stat("socket", &st));
    say("mode %o", st.st_mode & S_IFMT);
    SHOW(connect(client, (struct sockaddr *)&name, n));
    SHOW(accept(client, NULL, NULL));
    SHOW(listen(listener, 5));
    SHOW(fcntl(listener, F_SETFL, O_NONBLOCK));
    SHOW(accept(listener, NULL, NULL));
    SHOW(connect(client, (struct sockaddr *)&name, n));
    SHOW(connect(client, (struct sockaddr *)&name, n));
    struct pollfd ready = { listener, POLLIN, 0 };
    SHOW(poll(&ready, 1, 0));
    length = sizeof peer;
    int server = (int)MUST(accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC));
    say("peer family %d length %d", peer.sun_family, length);
    length = sizeof peer;
    SHOW(getpeername(client, (struct sockaddr *)&peer, &length));
    say("%s %d", peer.sun_path, length);
    length = sizeof peer;
    SHOW(getsockname(server, (struct sockaddr *)&peer, &length));
    say("%s %d", peer.sun_path, length);
    length = sizeof peer;
    SHOW(getsockname(client, (struct sockaddr *)&peer, &length));
    say("unnamed %d", length);
    SHOW(open("socket", O_RDWR));
    SHOW(fcntl(server, F_SETFL, O_NONBLOCK));
    long sent = 0, r;
    memset(block, 'b', sizeof block);
    while ((r = write(server, block, sizeof block)) > 0) { sent += r; }
    say("filled the buffer %d, then %s", sent > 10000, err_name(errno));
    long got = 0;
    while (got < sent && (r = read(client, block, sizeof block)) > 0) { got += r; }
    say("all arrived %d", got == sent);
    close(listener);
    int late = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    SHOW(connect(late, (struct sockaddr *)&name, n));
    SHOW(unlink("socket"));
    SHOW(connect(late, (struct sockaddr *)&name, n));

    n = address(&name, "\0abstract-moat-test");
    listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    SHOW(bind(listener, (struct sockaddr *)&name, n));
    SHOW(listen(listener, 1));
    SHOW(connect(late, (struct sockaddr *)&name, n));
    n = address(&name, "dgram");
    int receiver = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0)),
        sender = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    SHOW(bind(receiver, (struct sockaddr *)&name, n));
    SHOW(sendto(sender, "datagram", 8, 0, (struct sockaddr *)&name, n));
    length = sizeof peer;
    SHOW(recvfrom(receiver, back, 100, 0, (struct sockaddr *)&peer, &length));
    say("from unnamed %d", length);
    SHOW(send(sender, "x", 1, 0));
    SHOW(socket(AF_UNIX, 77, 0));
    SHOW(socket(AF_UNIX, SOCK_STREAM, 77));
    SHOW(socket(9999, SOCK_STREAM, 0));
    SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, BAD));
    SHOW(listen(0, 1));
    SHOW(listen(99, 1));
    SHOW(send(0, "x", 1, 0));
    SHOW(getsockopt(sender, SOL_SOCKET, 9999, &value, &length));
    SHOW(connect(sender, (struct sockaddr *)&name, 1));
    return 0;
}
