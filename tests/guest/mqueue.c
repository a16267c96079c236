// SPDX-License-Identifier: Apache-2.0
// mq_overview(7): opening and its errors, order, limits, time-outs, poll and epoll, notification, the file system.
#include "t.h"
#include <mqueue.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/statfs.h>

static char name[64], other[80];

static long raw_open(const char *path, int flags, mode_t mode, struct mq_attr *attr)
{
    return syscall(SYS_mq_open, path, flags, mode, attr);
}

static void say_attr(const char *what, mqd_t queue)
{
    struct mq_attr attr;
    if (mq_getattr(queue, &attr) == -1) {
        say("%s: %s", what, err_name(errno));
        return;
    }
    say("%s: flags %lx, %ld of %ld, size %ld", what, attr.mq_flags, attr.mq_curmsgs, attr.mq_maxmsg, attr.mq_msgsize);
}

static void opening(void)
{
    struct mq_attr small = { 0, 3, 16, 0, { 0 } }, wrong = { 0, 0, 16, 0, { 0 } }, wrong2 = { 0, 3, -1, 0, { 0 } };
    char longest[300];
    memset(longest, 'x', sizeof longest);
    longest[0] = '/';
    longest[299] = 0;
    SHOW(mq_open(name, O_RDWR));
    SHOW(mq_open("no-slash", O_RDWR | O_CREAT, 0600, NULL));
    SHOW(mq_open("/a/b", O_RDWR | O_CREAT, 0600, NULL));
    SHOW(mq_open(longest, O_RDWR | O_CREAT, 0600, NULL));
    SHOW(raw_open("", O_RDWR | O_CREAT, 0600, NULL));
    SHOW(raw_open(".", O_RDWR | O_CREAT, 0600, NULL));
    SHOW(raw_open("..", O_RDWR, 0600, NULL));
    SHOW(raw_open("/moat", O_RDWR | O_CREAT, 0600, NULL));
    SHOW(raw_open(BAD, O_RDWR | O_CREAT, 0600, NULL));
    SHOW(raw_open("moat-x", O_RDWR | O_CREAT, 0600, BAD));
    SHOW(mq_open(name, O_RDWR | O_CREAT, 0600, &wrong));
    SHOW(mq_open(name, O_RDWR | O_CREAT, 0600, &wrong2));
    small.mq_maxmsg = 70000;
    SHOW(mq_open(name, O_RDWR | O_CREAT, 0600, &small));
    small.mq_maxmsg = 3;
    OK(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0640, &small));
    mqd_t queue = (mqd_t)MUST(mq_open(name, O_RDWR));
    say("close-on-exec %d", fcntl(queue, F_GETFD));
    say_attr("made", queue);
    SHOW(mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &small));
    SHOW(mq_open(name, O_RDWR | O_WRONLY));
    OK(mq_open(name, O_RDONLY | O_CREAT, 0, NULL));
    struct stat st;
    MUST(fstat(queue, &st));
    say("mode %o, size %ld, links %ld, owner %d", st.st_mode, (long)st.st_size, (long)st.st_nlink, st.st_uid == geteuid());
    SHOW(mq_unlink("/moat-there-is-none"));
    SHOW(mq_unlink(name + 1));
    mqd_t second = (mqd_t)MUST(mq_open(other, O_RDWR | O_CREAT | O_NONBLOCK, 0600, NULL));
    say_attr("defaults", second);
    MUST(mq_close(second));
    MUST(mq_unlink(other));
    SHOW(mq_unlink(other));
    SHOW(mq_close(second));
    SHOW(mq_close(queue));
}

static void messages(void)
{
    mqd_t queue = (mqd_t)MUST(mq_open(name, O_RDWR));
    mqd_t reader = (mqd_t)MUST(mq_open(name, O_RDONLY | O_NONBLOCK));
    mqd_t writer = (mqd_t)MUST(mq_open(name, O_WRONLY | O_NONBLOCK));
    char text[32];
    unsigned priority = 99;
    SHOW(mq_receive(reader, text, 16, &priority));
    SHOW(mq_receive(reader, text, 15, &priority));
    SHOW(mq_receive(writer, text, 16, &priority));
    SHOW(mq_send(reader, "x", 1, 1));
    SHOW(mq_send(writer, "low", 3, 1));
    SHOW(mq_send(writer, "high", 4, 32767));
    SHOW(mq_send(writer, "x", 1, 32768));
    SHOW(mq_send(writer, text, 17, 1));
    SHOW(mq_send(writer, BAD, 3, 1));
    SHOW(mq_send(writer, "", 0, 1));
    say_attr("full", queue);
    SHOW(mq_send(writer, "more", 4, 1));
    struct timespec past = { 1, 0 }, bad = { 0, 1000000000 }, negative = { -1, 0 };
    SHOW(mq_timedsend(queue, "more", 4, 1, &past));
    SHOW(mq_timedsend(queue, "more", 4, 1, &bad));
    SHOW(mq_timedsend(queue, "more", 4, 1, &negative));
    SHOW(syscall(SYS_mq_timedsend, queue, "more", 4L, 1, BAD));
    SHOW(mq_send(-1, "x", 1, 1));
    SHOW(mq_send(1, "x", 1, 1));
    SHOW(mq_receive(1, text, 16, NULL));
    SHOW(write(queue, "x", 1));
    char line[128];
    ssize_t n = pread(queue, line, sizeof line - 1, 0);
    line[n > 0 ? n : 0] = 0;
    say("read %zd: %s", n, line);
    SHOW(lseek(queue, 6, SEEK_SET));
    SHOW(read(queue, line, 4));
    SHOW(lseek(queue, 0, SEEK_CUR));
    for (int i = 0; i < 3; i++) {
        n = mq_receive(queue, text, 16, &priority);
        say("got %zd bytes '%.*s', priority %u", n, (int)n, text, priority);
    }
    MUST(mq_send(queue, "lost", 4, 7));
    SHOW(syscall(SYS_mq_timedreceive, queue, BAD, 16L, NULL, NULL));
    SHOW(mq_timedreceive(queue, text, 16, NULL, &past));
    struct mq_attr attr = { O_NONBLOCK, 9, 9, 9, { 0 } }, old;
    SHOW(mq_setattr(queue, &attr, &old));
    say_attr("now", queue);
    SHOW(mq_receive(queue, text, 16, NULL));
    attr.mq_flags = O_APPEND;
    SHOW(mq_setattr(queue, &attr, NULL));
    attr.mq_flags = 0;
    SHOW(mq_setattr(queue, &attr, &old));
    say("old flags %lx", old.mq_flags);
    SHOW(mq_getattr(1, &attr));
    SHOW(syscall(SYS_mq_getsetattr, queue, NULL, BAD));
    SHOW(syscall(SYS_mq_getsetattr, queue, BAD, NULL));
    mq_close(reader);
    mq_close(writer);
    mq_close(queue);
}

static void on_signal(int number) { (void)number; }

static void blocking(void)
{
    mqd_t queue = (mqd_t)MUST(mq_open(name, O_RDWR));
    char text[16];
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(60);
        _exit(mq_send(queue, "woken", 5, 3) == 0 ? 0 : 1);
    }
    ssize_t n = mq_receive(queue, text, 16, NULL);
    say("woken by %.*s", (int)n, text);
    waitpid(child, NULL, 0);
    for (int i = 0; i < 3; i++) { MUST(mq_send(queue, "fill", 4, 0)); }
    child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(60);
        _exit(mq_receive(queue, text, 16, NULL) == 4 ? 0 : 1);
    }
    SHOW(mq_send(queue, "fourth", 6, 0));
    waitpid(child, NULL, 0);
    struct timespec soon;
    clock_gettime(CLOCK_REALTIME, &soon);
    soon.tv_nsec += 50000000;
    if (soon.tv_nsec >= 1000000000) { soon.tv_nsec -= 1000000000, soon.tv_sec++; }
    SHOW(mq_timedsend(queue, "late", 4, 0, &soon));
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = { { 0, 0 }, { 0, 50000 } };
    setitimer(ITIMER_REAL, &timer, NULL);
    SHOW(mq_send(queue, "interrupted", 11, 0));
    struct pollfd entry = { queue, POLLIN | POLLOUT, 0 };
    SHOW(poll(&entry, 1, 0));
    say("full: %x", entry.revents);
    for (int i = 0; i < 3; i++) { MUST(mq_receive(queue, text, 16, NULL)); }
    SHOW(poll(&entry, 1, 0));
    say("empty: %x", entry.revents);
    int set = (int)MUST(epoll_create1(0));
    struct epoll_event event = { EPOLLIN, { .u32 = 5 } };
    SHOW(epoll_ctl(set, EPOLL_CTL_ADD, queue, &event));
    SHOW(epoll_wait(set, &event, 1, 0));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(50);
        _exit(mq_send(queue, "poll", 4, 0) == 0 ? 0 : 1);
    }
    SHOW(epoll_wait(set, &event, 1, 5000));
    waitpid(child, NULL, 0);
    MUST(mq_receive(queue, text, 16, NULL));
    close(set);
    mq_close(queue);
}

static volatile sig_atomic_t told;
static siginfo_t info;

static void on_message(int number, siginfo_t *given, void *context)
{
    (void)number, (void)context;
    info = *given;
    told++;
}

static void notification(void)
{
    mqd_t queue = (mqd_t)MUST(mq_open(name, O_RDWR)), twin = (mqd_t)MUST(mq_open(name, O_RDWR));
    char text[16], line[128];
    struct sigaction action = { .sa_sigaction = on_message, .sa_flags = SA_SIGINFO | SA_RESTART };
    sigaction(SIGUSR1, &action, NULL);
    struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value = { .sival_int = 42 } };
    SHOW(mq_notify(queue, &event));
    SHOW(mq_notify(twin, &event));
    ssize_t n = pread(queue, line, sizeof line - 1, 0);
    char *pid = strstr(line, "NOTIFY_PID:");
    line[n] = 0;
    say("pid is mine %d", pid && atoi(pid + 11) == getpid());
    if (pid) { *pid = 0; }
    say("%s", line);
    CHILD("another process", SHOW(mq_notify(queue, &event)); SHOW(mq_notify(queue, NULL)); SHOW(mq_notify(queue, &event)));
    MUST(mq_send(queue, "one", 3, 0));
    say("told %d, code %d, value %d, by me %d, uid %d", told, info.si_code, info.si_value.sival_int,
        info.si_pid == getpid(), info.si_uid == getuid());
    MUST(mq_send(queue, "two", 3, 0));
    SHOW(mq_notify(queue, &event));
    MUST(mq_receive(queue, text, 16, NULL));
    MUST(mq_send(queue, "three", 5, 0));
    say("not empty: told %d", told);
    MUST(mq_receive(queue, text, 16, NULL));
    MUST(mq_receive(queue, text, 16, NULL));
    CHILD("from another", MUST(mq_send(queue, "four", 4, 0)));
    say("empty again: told %d, by me %d", told, info.si_pid == getpid());
    MUST(mq_receive(queue, text, 16, NULL));
    SHOW(mq_notify(queue, &event));
    SHOW(mq_notify(queue, NULL));
    SHOW(mq_notify(queue, NULL));
    MUST(mq_send(queue, "five", 4, 0));
    say("taken back: told %d", told);
    MUST(mq_receive(queue, text, 16, NULL));
    SHOW(mq_notify(queue, &event));
    mq_close(twin);
    MUST(mq_send(queue, "six", 3, 0));
    say("closed a twin: told %d", told);
    MUST(mq_receive(queue, text, 16, NULL));
    // Who waits for the message gets it, and nobody is told.
    SHOW(mq_notify(queue, &event));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { _exit(mq_receive(queue, text, 16, NULL) == 5 ? 0 : 1); }
    sleep_ms(80);
    MUST(mq_send(queue, "seven", 5, 0));
    int status;
    waitpid(child, &status, 0);
    say_status("waiting receiver", status);
    say("told %d", told);
    SHOW(mq_notify(queue, NULL));
    event.sigev_notify = SIGEV_NONE;
    SHOW(mq_notify(queue, &event));
    SHOW(mq_notify(queue, &event));
    SHOW(mq_notify(queue, NULL));
    event.sigev_notify = 9;
    SHOW(mq_notify(queue, &event));
    event.sigev_notify = SIGEV_SIGNAL;
    event.sigev_signo = 65;
    SHOW(mq_notify(queue, &event));
    event.sigev_signo = -1;
    SHOW(mq_notify(queue, &event));
    SHOW(syscall(SYS_mq_notify, queue, BAD));
    SHOW(syscall(SYS_mq_notify, 1, NULL));
    struct sigevent thread = { .sigev_notify = SIGEV_THREAD, .sigev_signo = queue, .sigev_value = { .sival_ptr = line } };
    SHOW(syscall(SYS_mq_notify, queue, &thread));
    thread.sigev_signo = -1;
    SHOW(syscall(SYS_mq_notify, queue, &thread));
    thread.sigev_value.sival_ptr = BAD;
    SHOW(syscall(SYS_mq_notify, queue, &thread));
    mq_close(queue);
}

static void limits(void)
{
    struct rlimit limit = { 4000, 4000 };
    struct mq_attr attr = { 0, 10, 100, 0, { 0 } };
    setrlimit(RLIMIT_MSGQUEUE, &limit);
    OK(mq_open(other, O_RDWR | O_CREAT, 0600, &attr));
    mq_unlink(other);
    attr.mq_maxmsg = 5;
    SHOW(mq_open(other, O_RDWR | O_CREAT, 0600, NULL));
    attr.mq_msgsize = 8192;
    SHOW(mq_open(other, O_RDWR | O_CREAT, 0600, &attr));
    if (geteuid() != 0) {
        attr.mq_maxmsg = 11;
        attr.mq_msgsize = 10;
        SHOW(mq_open(other, O_RDWR | O_CREAT, 0600, &attr));
        attr.mq_maxmsg = 10;
        attr.mq_msgsize = 8193;
        SHOW(mq_open(other, O_RDWR | O_CREAT, 0600, &attr));
    }
}

static void settings(void)
{
    const char *names[] = { "msg_default", "msg_max", "msgsize_default", "msgsize_max", "queues_max" };
    for (int i = 0; i < 5; i++) {
        char path[64], text[32] = "";
        snprintf(path, sizeof path, "/proc/sys/fs/mqueue/%s", names[i]);
        int fd = open(path, O_RDONLY);
        ssize_t n = read(fd, text, sizeof text - 1);
        close(fd);
        say("%s: %d", names[i], n > 0 && atol(text) > 0);
    }
}

// The test's own mount of the queues, where it may mount.
static void file_system(void)
{
    mqd_t queue = (mqd_t)MUST(mq_open(name, O_RDWR));
    MUST(mq_send(queue, "shown", 5, 0));
    mkdir("mq", 0700);
    int mounted = (int)SHOW(mount("none", "mq", "mqueue", 0, NULL)) == 0;
    if (mounted) {
        struct statfs fs;
        struct stat st;
        char path[128], line[128] = "";
        MUST(statfs("mq", &fs));
        say("type %lx", (long)fs.f_type);
        MUST(stat("mq", &st));
        say("top %o", st.st_mode);
        snprintf(path, sizeof path, "mq%s", name);
        int fd = (int)MUST(open(path, O_RDONLY));
        ssize_t n = read(fd, line, sizeof line - 1);
        say("%zd: %s", n, line);
        say("at its end %zd", read(fd, line, sizeof line));
        close(fd);
        SHOW(mkdir("mq/directory", 0700));
        SHOW(symlink("x", "mq/link"));
        SHOW(rename(path, "mq/renamed"));
        snprintf(path, sizeof path, "mq%s", other);
        fd = (int)OK(open(path, O_RDWR | O_CREAT, 0600));
        mqd_t made = (mqd_t)OK(mq_open(other, O_RDWR));
        say_attr("by creat", made);
        SHOW(chmod(path, 0400));
        SHOW(unlink(path));
        SHOW(mq_open(other, O_RDWR));
        say_attr("unlinked", made);
        mq_close(made);
        close(fd);
        MUST(umount("mq"));
    }
    rmdir("mq");
    mq_close(queue);
}

int main(void)
{
    snprintf(name, sizeof name, "/moat-%d-%d", getpid(), (int)time(NULL));
    snprintf(other, sizeof other, "%s-other", name);
    umask(022);
    opening();
    messages();
    blocking();
    notification();
    settings();
    file_system();
    SHOW(mq_unlink(name));
    limits();
    return 0;
}
