// SPDX-License-Identifier: Apache-2.0
// What changes the content of a set-id file takes those bits away, which inotify(7) tells of. Without privileges: a user's
// own file. On a tmpfs.
// @places overlay,volume,tmpfs
#include "own_tmpfs.h"
#include <sys/inotify.h>
#include <sys/sendfile.h>

static int in;

static void events(const char *what)
{
    char buffer[4096] __attribute__((aligned(8))), line[256] = "";
    ssize_t n = read(in, buffer, sizeof buffer);
    for (char *at = buffer; at < buffer + n;) {
        struct inotify_event *event = (void *)at;
        snprintf(line + strlen(line), sizeof line - strlen(line), " %x", event->mask);
        at += sizeof *event + event->len;
    }
    struct stat st;
    MUST(stat("file", &st));
    say("%s:%s mode %o", what, line, st.st_mode);
}

static void with(int fd, mode_t mode)
{
    char buffer[4096];
    MUST(fchmod(fd, mode));
    (void)!read(in, buffer, sizeof buffer);
}

int main(void)
{
    own_tmpfs();
    MUST(chmod(".", 01777));
    put_file("input", "some content", 0644);
    int input = (int)MUST(open("input", O_RDONLY));
    if (geteuid() == 0 && getuid() == 0) { (void)!setgid(65534); (void)!setuid(65534); }
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0755));
    in = (int)MUST(inotify_init1(IN_NONBLOCK));
    MUST(inotify_add_watch(in, "file", IN_ATTRIB | IN_MODIFY));
    with(fd, 06755);
    MUST(write(fd, "x", 1));
    events("write");
    MUST(write(fd, "x", 1));
    events("write again");
    with(fd, 02644);
    MUST(write(fd, "x", 1));
    events("no execution by the group");
    with(fd, 06755);
    MUST(ftruncate(fd, 1));
    events("ftruncate");
    with(fd, 06755);
    MUST(truncate("file", 0));
    events("truncate");
    with(fd, 06755);
    close((int)MUST(open("file", O_WRONLY | O_TRUNC)));
    events("O_TRUNC");
    with(fd, 06755);
    MUST(sendfile(fd, input, NULL, 3));
    events("sendfile");
    with(fd, 06755);
    MUST(fallocate(fd, 0, 0, 100));
    events("fallocate");
    return 0;
}
