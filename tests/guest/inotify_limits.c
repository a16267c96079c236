// SPDX-License-Identifier: Apache-2.0
// inotify(7): a queue that overflows, as many instances as a user may have, epoll, unmounting.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/mount.h>

static int setting(const char *name)
{
    char path[128], text[32] = "";
    snprintf(path, sizeof path, "/proc/sys/fs/inotify/%s", name);
    int fd = (int)MUST(open(path, O_RDONLY));
    MUST(read(fd, text, 31));
    close(fd);
    return atoi(text);
}

static void overflow(void)
{
    char buffer[65536] __attribute__((aligned(8)));
    int limit = setting("max_queued_events");
    say("limit %d", limit);
    int in = (int)MUST(inotify_init1(IN_NONBLOCK));
    put_file("a", "", 0644);
    put_file("b", "", 0644);
    int a = (int)MUST(inotify_add_watch(in, "a", IN_MODIFY));
    int b = (int)MUST(inotify_add_watch(in, "b", IN_MODIFY));
    say("watches %d %d", a, b);
    int fa = (int)MUST(open("a", O_WRONLY)), fb = (int)MUST(open("b", O_WRONLY));
    for (int i = 0; i < limit + 10; i++) { MUST(write(i % 2 ? fb : fa, "x", 1)); }
    int count = 0, overflows = 0, last = 0, n;
    while ((n = (int)read(in, buffer, sizeof buffer)) > 0) {
        for (char *p = buffer; p < buffer + n; p += sizeof(struct inotify_event)) {
            struct inotify_event *e = (struct inotify_event *)p;
            count++;
            last = e->wd;
            if (e->mask == IN_Q_OVERFLOW) { overflows++; }
        }
    }
    say("read all: %d, %d overflow, last wd %d", count - limit, overflows, last);
    MUST(write(fa, "x", 1));
    n = (int)read(in, buffer, sizeof buffer);
    say("afterwards %d wd %d", n, ((struct inotify_event *)buffer)->wd);
    close(fa);
    close(fb);
    close(in);
}

static void instances(void)
{
    int limit = setting("max_user_instances"), count = 0;
    struct rlimit files = { 4096, 4096 };
    MUST(getrlimit(RLIMIT_NOFILE, &files));
    files.rlim_cur = files.rlim_max;
    MUST(setrlimit(RLIMIT_NOFILE, &files));
    int fds[2000];
    while (count < 2000 && (fds[count] = inotify_init()) >= 0) { count++; }
    say("refused with %s, not more than allowed %d", err_name(errno), count > 0 && count <= limit);
    while (count > 0) { close(fds[--count]); }
    OK(inotify_init());
}

static void readiness(void)
{
    char buffer[256];
    int in = (int)MUST(inotify_init1(IN_NONBLOCK)), set = (int)MUST(epoll_create1(0));
    struct epoll_event want = { EPOLLIN | EPOLLET, { .u64 = 7 } }, got;
    MUST(inotify_add_watch(in, ".", IN_CREATE));
    SHOW(epoll_ctl(set, EPOLL_CTL_ADD, in, &want));
    SHOW(epoll_wait(set, &got, 1, 0));
    put_file("one", "", 0644);
    SHOW(epoll_wait(set, &got, 1, 1000));
    SHOW(epoll_wait(set, &got, 1, 0));
    put_file("two", "", 0644);
    SHOW(epoll_wait(set, &got, 1, 1000));
    SHOW(read(in, buffer, 256));
    SHOW(epoll_wait(set, &got, 1, 0));
    close(in);
}

static void unmounting(void)
{
    if (geteuid() != 0) { return; }
    MUST(mkdir("m", 0755));
    MUST(mount("none", "m", "tmpfs", 0, NULL));
    put_file("m/f", "", 0644);
    int in = (int)MUST(inotify_init1(IN_NONBLOCK));
    SHOW(inotify_add_watch(in, "m", IN_ALL_EVENTS));
    SHOW(inotify_add_watch(in, "m/f", IN_OPEN));
    MUST(close((int)MUST(open("m/f", O_RDONLY))));
    SHOW(umount("m"));
    char buffer[4096] __attribute__((aligned(8)));
    int n = (int)read(in, buffer, sizeof buffer);
    int unmounts = 0, ignored = 0, events = 0;
    for (char *p = buffer; p < buffer + n;) {
        struct inotify_event *e = (struct inotify_event *)p;
        events++;
        unmounts += e->mask == IN_UNMOUNT;
        ignored += e->mask == IN_IGNORED;
        p += sizeof *e + e->len;
    }
    say("some %d, unmounted %d, ignored %d", events > 4, unmounts > 0, ignored);
    SHOW(inotify_rm_watch(in, 1));
    MUST(rmdir("m"));
}

int main(void)
{
    umask(022);
    overflow();
    instances();
    readiness();
    unmounting();
    return 0;
}
