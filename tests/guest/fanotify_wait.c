// SPDX-License-Identifier: Apache-2.0
// Waiting for the answers to permission events of fanotify(7): what ends it, who answers, queues that are full, events
// without descriptors, and listeners that wait for themselves. On a tmpfs.
// @identities root
// @places overlay,volume,tmpfs
#include "fanperm.h"
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#define CONTENT (FAN_CLASS_CONTENT | FAN_CLOEXEC)

static int group(unsigned flags)
{
    int fan = (int)MUST(fanotify_init(CONTENT | flags, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    return fan;
}

static void wait_for_event(int fan)
{
    struct pollfd one = {fan, POLLIN, 0};
    say("  poll %d", poll(&one, 1, 20000));
}

static void no_event(const char *what, int fan)
{
    struct pollfd one = {fan, POLLIN, 0};
    say("  %s: poll %d", what, poll(&one, 1, 0));
}

static void killed(void)
{
    int fan = group(FAN_NONBLOCK);
    struct child child;
    say("-- killed before the event is read");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    MUST(kill(child.pid, SIGKILL));
    end_child(&child);
    no_event("after it", fan);
    say("-- killed after it was read");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    int fd = next_event("group", fan);
    MUST(kill(child.pid, SIGKILL));
    end_child(&child);
    answer_with(fan, fd, FAN_ALLOW);
    say("-- answered twice");
    answer_with(fan, fd, FAN_ALLOW);
    close(fd);
    say("-- ended by a signal without a handler");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    MUST(kill(child.pid, SIGTERM));
    end_child(&child);
    no_event("after it", fan);
    close(fan);
}

static volatile sig_atomic_t hits;

static void on_signal(int number) { hits += number != 0; }

static void signalled(void)
{
    int fan = group(0);
    struct child child;
    say("-- a signal with a handler");
    BEGIN(child, struct sigaction action = {.sa_handler = on_signal}; sigaction(SIGUSR1, &action, NULL);
        int fd = open("file", O_RDONLY); TRY(fd); _exit(hits == 1 ? 0 : 99));
    int fd = next_event("group", fan);
    MUST(kill(child.pid, SIGUSR1));
    answer_with(fan, fd, FAN_ALLOW);
    close(fd);
    serve(&child, fan, ALLOW, -1, 0);
    say("-- stopped and continued");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    fd = next_event("group", fan);
    MUST(kill(child.pid, SIGSTOP));
    MUST(kill(child.pid, SIGCONT));
    answer_with(fan, fd, FAN_DENY);
    close(fd);
    serve(&child, fan, ALLOW, -1, 0);
    close(fan);
}

static void closed(void)
{
    struct child child, other;
    say("-- closed: one read, one not");
    int fan = group(0);
    BEGIN(child, close(fan); TRY(open("file", O_RDONLY)));
    int fd = next_event("group", fan);
    BEGIN(other, close(fan); TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    close(fan);
    end_child(&child);
    end_child(&other);
    close(fd);
    say("-- the listener dies");
    int ends[2];
    MUST(pipe(ends));
    pid_t listener = (pid_t)MUST(fork());
    if (listener == 0) {
        fan = group(0);
        char c = 'r';
        MUST(write(ends[1], &c, 1));
        wait_for_event(fan);
        MUST(write(ends[1], &c, 1));
        pause();
    }
    char c;
    MUST(read(ends[0], &c, 1));
    BEGIN(child, TRY(open("file", O_RDONLY)));
    MUST(read(ends[0], &c, 1));
    MUST(kill(listener, SIGKILL));
    MUST(waitpid(listener, NULL, 0));
    end_child(&child);
    close(ends[0]);
    close(ends[1]);
    say("-- the mark goes away");
    fan = group(FAN_NONBLOCK);
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, "file"));
    fd = next_event("group", fan);
    answer_with(fan, fd, FAN_DENY);
    close(fd);
    end_child(&child);
    close(fan);
}

static void *answers(void *argument)
{
    int *both = argument;
    answer_with(both[0], both[1], FAN_DENY);
    return NULL;
}

static void threads(void)
{
    struct child child;
    int fan = group(0);
    say("-- another thread answers");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    int both[2] = {fan, next_event("group", fan)};
    pthread_t thread;
    pthread_create(&thread, NULL, answers, both);
    pthread_join(thread, NULL);
    close(both[1]);
    end_child(&child);
    say("-- another process answers");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    both[1] = next_event("group", fan);
    CHILD("  answer", answers(both));
    close(both[1]);
    end_child(&child);
    say("-- answers out of order, the descriptor closed before");
    struct child second;
    BEGIN(child, TRY(open("file", O_RDONLY)));
    int one = next_event("group", fan);
    BEGIN(second, TRY(open("file", O_RDONLY)));
    int two = next_event("group", fan);
    close(one);
    close(two);
    answer_with(fan, two, FAN_DENY);
    end_child(&second);
    answer_with(fan, one, FAN_ALLOW);
    end_child(&child);
    close(fan);
}

static void polled(void)
{
    struct child child;
    int fan = group(FAN_NONBLOCK), set = (int)MUST(epoll_create1(0)), bytes = 0;
    struct epoll_event event = {EPOLLIN | EPOLLET, {0}};
    MUST(epoll_ctl(set, EPOLL_CTL_ADD, fan, &event));
    say("-- polled");
    next_event("empty", fan);
    SHOW(epoll_wait(set, &event, 1, 0));
    BEGIN(child, TRY(open("file", O_RDONLY)));
    SHOW(epoll_wait(set, &event, 1, 20000));
    SHOW(ioctl(fan, FIONREAD, &bytes));
    say("  %d bytes", bytes);
    int fd = next_event("group", fan);
    SHOW(ioctl(fan, FIONREAD, &bytes));
    say("  %d bytes", bytes);
    SHOW(epoll_wait(set, &event, 1, 0));
    answer_with(fan, fd, FAN_ALLOW);
    close(fd);
    end_child(&child);
    close(set);
    close(fan);
}

static void no_descriptor(void)
{
    struct child child;
    struct rlimit few = {0, 0}, was;
    char room[64];
    int fan = group(FAN_NONBLOCK);
    getrlimit(RLIMIT_NOFILE, &was);
    few.rlim_max = was.rlim_max;
    say("-- no descriptor");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    MUST(setrlimit(RLIMIT_NOFILE, &few));
    SHOW(read(fan, room, sizeof room));
    MUST(setrlimit(RLIMIT_NOFILE, &was));
    end_child(&child);
    say("-- bad address");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    void *volatile bad = BAD;
    SHOW(read(fan, bad, 100));
    end_child(&child);
    say("-- too small");
    BEGIN(child, TRY(open("file", O_RDONLY)));
    wait_for_event(fan);
    SHOW(read(fan, room, 8));
    serve(&child, fan, DENY, -1, 0);
    close(fan);
    say("-- cannot be opened as wanted");
    MUST(mkdir("fixed", 0755));
    MUST(mount("dir", "fixed", NULL, MS_BIND, NULL));
    MUST(mount(NULL, "fixed", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL));
    put_file("dir/read", "content", 0644);
    fan = (int)MUST(fanotify_init(CONTENT | FAN_NONBLOCK, O_RDWR));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_ONDIR | FAN_EVENT_ON_CHILD, AT_FDCWD, "dir"));
    BEGIN(child, TRY(open("fixed/read", O_RDONLY)));
    wait_for_event(fan);
    SHOW(read(fan, room, sizeof room));
    end_child(&child);
    BEGIN(child, TRY(open("dir", O_RDONLY)));
    serve(&child, fan, ALLOW, -1, 0);
    close(fan);
    say("-- as an error");
    fan = (int)MUST(fanotify_init(CONTENT | FAN_NONBLOCK | 0x2000, O_RDWR));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM | FAN_EVENT_ON_CHILD, AT_FDCWD, "dir"));
    BEGIN(child, TRY(open("fixed/read", O_RDONLY)));
    wait_for_event(fan);
    SHOW(read(fan, room, sizeof room));
    say("  %s", err_name(-((struct fanotify_event_metadata *)room)->fd));
    end_child(&child);
    BEGIN(child, TRY(open("dir/read", O_RDONLY)));
    serve(&child, fan, ALLOW, -1, 0);
    close(fan);
    MUST(umount2("fixed", 0));
}

// The events that come with descriptors ask nobody; what the listener opens itself does.
static void itself(void)
{
    char room[64];
    int fan = group(0);
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, "file"));
    say("-- the event's descriptor");
    struct child child;
    BEGIN(child, TRY(open("file", O_RDONLY)));
    int fd = next_event("group", fan);
    SHOW(read(fd, room, 7));
    answer_with(fan, fd, FAN_ALLOW);
    close(fd);
    end_child(&child);
    close(fan);
    say("-- the listener waits for itself");
    int ends[2];
    MUST(pipe(ends));
    pid_t listener = (pid_t)MUST(fork());
    if (listener == 0) {
        fan = group(0);
        MUST(write(ends[1], "x", 1));
        TRY(open("file", O_RDONLY));
        _exit(0);
    }
    MUST(read(ends[0], room, 1));
    sleep_ms(50);
    SHOW(waitpid(listener, NULL, WNOHANG));
    MUST(kill(listener, SIGKILL));
    int status;
    MUST(waitpid(listener, &status, 0));
    say_status("  listener", status);
    close(ends[0]);
    close(ends[1]);
}

static void full(void)
{
    char path[32];
    say("-- a full queue");
    int fan = (int)MUST(fanotify_init(CONTENT | FAN_NONBLOCK, O_RDONLY));
    MUST(mkdir("many", 0755));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN | FAN_EVENT_ON_CHILD, AT_FDCWD, "many"));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    for (int i = 0; i < 16384; i++) {
        snprintf(path, sizeof path, "many/%d", i);
        touch(path);
    }
    CHILD("  opener", TRY(open("file", O_RDONLY)));
    next_event("group", fan);
    CHILD("  opener", TRY(open("file", O_RDONLY)));
    close(fan);
}

// Which process it is, by a descriptor or by its thread.
static void who(void)
{
    char room[128] __attribute__((aligned(8)));
    struct child child;
    say("-- pidfd");
    int fan = group(FAN_REPORT_PIDFD);
    BEGIN(child, TRY(open("file", O_RDONLY)));
    ssize_t n = SHOW(read(fan, room, sizeof room));
    struct fanotify_event_metadata *event = (void *)room;
    struct fanotify_event_info_pidfd *info = (void *)(event + 1);
    say("  length %u, version %d, header %d, record %d of %d", event->event_len, event->vers, event->metadata_len,
        info->hdr.info_type, info->hdr.len);
    say("  %s, kill %ld, flags %x", event->pid == child.pid ? "the child" : "another",
        syscall(SYS_pidfd_send_signal, info->pidfd, 0, NULL, 0), fcntl(info->pidfd, F_GETFD));
    answer_with(fan, event->fd, FAN_ALLOW);
    close(event->fd);
    end_child(&child);
    SHOW(syscall(SYS_pidfd_send_signal, info->pidfd, 0, NULL, 0));
    close(info->pidfd);
    (void)n;
    close(fan);
    fan = (int)MUST(fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_PIDFD | FAN_NONBLOCK, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file"));
    CHILD("  opener", TRY(open("file", O_RDONLY)));
    SHOW(read(fan, room, sizeof room));
    say("  %d", info->pidfd);
    close(event->fd);
    close((int)MUST(open("file", O_RDONLY)));
    SHOW(read(fan, room, sizeof room));
    say("  self: %ld", syscall(SYS_pidfd_send_signal, info->pidfd, 0, NULL, 0));
    close(event->fd);
    close(info->pidfd);
    // What cannot be delivered leaves no descriptors.
    int next = (int)MUST(dup(0));
    close(next);
    void *volatile bad = BAD;
    close((int)MUST(open("file", O_RDONLY)));
    SHOW(read(fan, bad, sizeof room));
    say("  %d", (int)MUST(dup(0)) == next);
    close(next);
    close(fan);
    // An overflow has a record as well.
    fan = (int)MUST(fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_PIDFD | FAN_NONBLOCK, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN | FAN_EVENT_ON_CHILD, AT_FDCWD, "many"));
    char path[32];
    for (int i = 0; i <= 16384; i++) {
        snprintf(path, sizeof path, "many/%d", i);
        touch(path);
    }
    int bytes = 0;
    SHOW(ioctl(fan, FIONREAD, &bytes));
    say("  %d bytes", bytes);
    while (read(fan, room, sizeof *event + sizeof *info) > 0 && event->mask != FAN_Q_OVERFLOW) {
        close(event->fd);
        close(info->pidfd);
    }
    say("  overflow: length %u, %d, %d", event->event_len, event->fd, info->pidfd);
    close(fan);
}

int main(void)
{
    alarm(60);
    own_tmpfs();
    put_file("file", "content", 0644);
    MUST(mkdir("dir", 0755));
    killed();
    signalled();
    closed();
    threads();
    polled();
    no_descriptor();
    itself();
    full();
    who();
    return 0;
}
