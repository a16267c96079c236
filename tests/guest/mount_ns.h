// SPDX-License-Identifier: Apache-2.0
// What tests of mounts share: a user namespace of one's own, a directory for all of it, and looking at mounts.
#ifndef MOUNT_NS_H
#define MOUNT_NS_H
#include "t.h"
#include <sys/mount.h>
#include <sys/socket.h>

static char top[] = "/tmp/mounts.XXXXXX";

__attribute__((unused)) static char *at(const char *name)
{
    static char paths[8][256];
    static int next;
    next = (next + 1) % 8;
    snprintf(paths[next], sizeof paths[next], "%s/%s", top, name);
    return paths[next];
}

__attribute__((unused)) static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    close(fd);
    return n < 0 ? -1 : 0;
}

// New user and mount namespaces, as root of the one.
__attribute__((unused)) static void enter(void)
{
    char line[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
    snprintf(line, sizeof line, "0 %d 1", uid);
    MUST(put("/proc/self/uid_map", line));
    MUST(put("/proc/self/setgroups", "deny"));
    snprintf(line, sizeof line, "0 %d 1", gid);
    MUST(put("/proc/self/gid_map", line));
}

// A file system of one's own at top, and nothing that propagates.
__attribute__((unused)) static void begin(void)
{
    umask(022);
    enter();
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    MUST(mount("top", top, "tmpfs", 0, NULL));
}

__attribute__((unused)) static int base(void) { return (int)MUST(open(top, O_PATH)); }

__attribute__((unused)) static void make(const char *name) { MUST(mkdir(at(name), 0755)); }

__attribute__((unused)) static void mark(const char *name) { close((int)MUST(open(at(name), O_CREAT | O_WRONLY, 0644))); }

// A new file system at a place, with one file that says which it is.
__attribute__((unused)) static void cover(const char *name, const char *file)
{
    char path[128];
    MUST(mount("cover", at(name), "tmpfs", 0, NULL));
    snprintf(path, sizeof path, "%s/%s", name, file);
    mark(path);
}

// Which of the words (ended by NULL) are there, seen from a directory.
__attribute__((unused)) static void look(const char *what, int fd, ...)
{
    char line[1024] = "";
    va_list names;
    va_start(names, fd);
    for (const char *name; (name = va_arg(names, const char *)) != NULL;) {
        struct stat st;
        strcat(strcat(line, " "), name);
        strcat(strcat(line, "="), fstatat(fd, name, &st, 0) == 0 ? "yes" : err_name(errno));
    }
    va_end(names);
    say("%s:%s", what, line);
}

// How many mounts are at a place, and how they propagate.
__attribute__((unused)) static void show_mount(const char *name)
{
    char want[256], line[4096], tags[256] = "";
    snprintf(want, sizeof want, "%s/%s", top, name);
    FILE *file = fopen("/proc/self/mountinfo", "re");
    int count = 0;
    while (file && fgets(line, sizeof line, file)) {
        char place[256], rest[512];
        if (sscanf(line, "%*d %*d %*s %*s %255s %*s %511[^\n]", place, rest) != 2 || strcmp(place, want) != 0) {
            continue;
        }
        count++;
        strcat(tags, "[");
        for (char *word = strtok(rest, " "); word && strcmp(word, "-") != 0; word = strtok(NULL, " ")) {
            char *colon = strchr(word, ':');
            if (colon) { *colon = 0; }
            strcat(strcat(tags, " "), word);
        }
        strcat(tags, "]");
    }
    if (file) { fclose(file); }
    say("%s: %d %s", name, count, tags);
}

__attribute__((unused)) static void send_fd(int socket, int fd)
{
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {0};
    struct iovec part = {"", 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
        .msg_controllen = sizeof control.bytes};
    control.header.cmsg_len = CMSG_LEN(sizeof(int));
    control.header.cmsg_level = SOL_SOCKET;
    control.header.cmsg_type = SCM_RIGHTS;
    memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
    MUST(sendmsg(socket, &message, 0));
}

__attribute__((unused)) static int receive_fd(int socket)
{
    union { struct cmsghdr header; char bytes[CMSG_SPACE(sizeof(int))]; } control = {0};
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control,
        .msg_controllen = sizeof control.bytes};
    int fd = -1;
    MUST(recvmsg(socket, &message, 0));
    memcpy(&fd, CMSG_DATA(&control.header), sizeof fd);
    return fd;
}
#endif
