// SPDX-License-Identifier: Apache-2.0
// Messages that carry nothing, or little and a file each, until the kernel takes no more: it must say so soon.
// @host no
// @timeout 60
#include "../guest/t.h"
#include <sys/socket.h>

enum { TOO_MANY = 20000 };

static int flood(int type, int length, int with_files, int with_credentials)
{
    int pair[2], count = 0;
    MUST(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, pair));
    int yes = 1;
    MUST(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof yes));
    for (; count < TOO_MANY; count++) {
        char control[CMSG_SPACE(250 * sizeof(int))] = { 0 };
        char bytes[16] = { 0 };
        struct iovec data = { bytes, (size_t)length };
        struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1 };
        struct cmsghdr *header = (struct cmsghdr *)control;
        header->cmsg_level = SOL_SOCKET;
        if (with_files) {
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(250 * sizeof(int));
            for (int i = 0; i < 250; i++) { memcpy(CMSG_DATA(header) + i * sizeof(int), &pair[0], sizeof(int)); }
            message.msg_control = control;
            message.msg_controllen = sizeof control;
        } else if (with_credentials && getuid() == 0) {
            struct ucred who = { getpid(), (uid_t)(count % 2), 0 };
            header->cmsg_type = SCM_CREDENTIALS;
            header->cmsg_len = CMSG_LEN(sizeof who);
            memcpy(CMSG_DATA(header), &who, sizeof who);
            message.msg_control = control;
            message.msg_controllen = CMSG_SPACE(sizeof who);
        }

        if (sendmsg(pair[1], &message, MSG_NOSIGNAL) < 0) { break; }
    }

    close(pair[0]);
    close(pair[1]);
    return count < TOO_MANY;
}

int main(void)
{
    int ok = flood(SOCK_SEQPACKET, 0, 0, 0) && flood(SOCK_DGRAM, 0, 0, 0) && flood(SOCK_STREAM, 1, 1, 0)
        && (getuid() != 0 || flood(SOCK_STREAM, 1, 0, 1)) && flood(SOCK_SEQPACKET, 1, 0, 1);
    say(ok ? "bounded" : "without end");
    return !ok;
}
