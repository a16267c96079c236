// SPDX-License-Identifier: Apache-2.0
// @variants static
// One hot operation, many times: `hotpath OPERATION COUNT`. `hotpath list` names them all, and for each the
// system call that is measured. The kernel's side of it is read from `moat do --stats`.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 20];
static char name[4200];
static int fd, pair[2], epoll;
static struct stat status;
static struct statx extended;
static unsigned word;

static void need(int ok, const char *what)
{
    if (!ok) { perror(what); exit(2); }
}

// Preparations.
static void zero(void) { need((fd = open("/dev/zero", O_RDWR)) >= 0, "/dev/zero"); }
static void file(void)
{
    need((fd = open("hot.file", O_RDWR | O_CREAT | O_TRUNC, 0644)) >= 0, "hot.file");
    need(write(fd, buffer, sizeof buffer) == sizeof buffer, "write");
}
static void small(void)
{
    need((fd = open("hot.small", O_RDWR | O_CREAT | O_TRUNC, 0644)) >= 0, "hot.small");
    need(write(fd, buffer, 4096) == 4096, "write");
}
static void lower(void) { need((fd = open("/usr/bin/env", O_RDONLY)) >= 0, "/usr/bin/env"); }
static void directory(void)
{
    need(mkdir("hot.dir", 0755) == 0, "mkdir");
    for (int i = 0; i < 500; i++) {
        sprintf(name, "hot.dir/entry-number-%d", i);
        int made = open(name, O_CREAT | O_WRONLY, 0644);
        need(made >= 0, name);
        close(made);
    }
    need((fd = open("hot.dir", O_RDONLY | O_DIRECTORY)) >= 0, "hot.dir");
}
static void lower_directory(void) { need((fd = open("/usr/bin", O_RDONLY | O_DIRECTORY)) >= 0, "/usr/bin"); }
static void pipes(void) { need(pipe2(pair, O_NONBLOCK) == 0, "pipe"); fd = pair[0]; }
static void stream(void) { need(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0, "socketpair"); }
static void datagram(void) { need(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) == 0, "socketpair"); }
static void counter(void) { need((fd = eventfd(0, EFD_NONBLOCK)) >= 0, "eventfd"); }
static void ready(void)
{
    need((fd = eventfd(1, 0)) >= 0, "eventfd");
    need((epoll = epoll_create1(0)) >= 0, "epoll_create1");
    struct epoll_event event = { .events = EPOLLIN };
    need(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl");
}
static void on_signal(int number) { (void)number; }
static void handler(void) { signal(SIGUSR1, on_signal); }

// Operations: each returns what the call did, which must be what it does every time.
static long do_getppid(void) { return syscall(SYS_getppid) >= 0; }
static long do_sched_yield(void) { return sched_yield() == 0; }
static long do_read(void) { return read(fd, buffer, 1) == 1; }
static long do_readv(void)
{
    struct iovec two[2] = { { buffer, 10 }, { buffer + 100, 10 } };
    return readv(fd, two, 2) == 20;
}
static long do_write(void) { return write(fd, buffer, 1) == 1; }
static long do_pread(void) { return pread(fd, buffer, 4096, 4096) == 4096; }
static long do_pread_small(void) { return pread(fd, buffer, 4096, 0) == 4096; }
static long do_pread64k(void) { return pread(fd, buffer, 65536, 0) == 65536; }
static long do_pread1m(void) { return pread(fd, buffer, sizeof buffer, 0) == sizeof buffer; }
static long do_pread_env(void) { return pread(fd, buffer, 4096, 4096) == 4096; }
static long do_pwrite(void) { return pwrite(fd, buffer, 4096, 4096) == 4096; }
static long do_pwrite_small(void) { return pwrite(fd, buffer, 4096, 0) == 4096; }
static long do_pwrite64k(void) { return pwrite(fd, buffer, 65536, 0) == 65536; }
static long do_pwrite1m(void) { return pwrite(fd, buffer, sizeof buffer, 0) == sizeof buffer; }
static long do_lseek(void) { return lseek(fd, 0, SEEK_SET) == 0; }
static long do_fstat(void) { return fstat(fd, &status) == 0; }
static long do_stat(void) { return stat("hot.small", &status) == 0; }
static long do_stat_env(void) { return stat("/usr/bin/env", &status) == 0; }
static long do_lstat_up(void) { return lstat("/usr/../usr/bin/../bin/env", &status) == 0; }
static long do_statx(void) { return statx(AT_FDCWD, "/usr/bin/env", 0, STATX_ALL, &extended) == 0; }
static long do_access(void) { return access("/usr/bin/env", X_OK) == 0; }
static long do_readlink(void) { return readlink("/proc/self/fd/0", buffer, 100) > 0; }
static long do_open(void) { int f = open("hot.small", O_RDONLY); return f >= 0 && close(f) == 0; }
static long do_open_env(void) { int f = open("/usr/bin/env", O_RDONLY); return f >= 0 && close(f) == 0; }
static long do_create(void)
{
    int f = open("hot.new", O_CREAT | O_EXCL | O_WRONLY, 0644);
    return f >= 0 && close(f) == 0 && unlink("hot.new") == 0;
}
static long do_getdents(void)
{
    long all = 0, got;
    lseek(fd, 0, SEEK_SET);
    while ((got = syscall(SYS_getdents64, fd, buffer, 32768)) > 0) { all += got; }
    return got == 0 && all > 1000;
}
static long do_pipe(void) { return write(pair[1], buffer, 1) == 1 && read(pair[0], buffer, 1) == 1; }
static long do_send(void) { return send(pair[0], buffer, 100, 0) == 100 && recv(pair[1], buffer, 100, 0) == 100; }
static long do_sendmsg(void)
{
    struct iovec one = { buffer, 100 };
    struct msghdr message = { .msg_iov = &one, .msg_iovlen = 1 };
    return sendmsg(pair[0], &message, 0) == 100 && recvmsg(pair[1], &message, 0) == 100;
}
static long do_eventfd(void)
{
    unsigned long one = 1;
    return write(fd, &one, 8) == 8 && read(fd, &one, 8) == 8;
}
static long do_epoll_wait(void)
{
    struct epoll_event event[4];
    return epoll_wait(epoll, event, 4, -1) == 1;
}
static long do_epoll_ctl(void)
{
    struct epoll_event event = { .events = EPOLLIN };
    return epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0;
}
static long do_poll(void)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };
    return poll(&one, 1, -1) == 1;
}
static long do_select(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(fd, &set);
    return select(fd + 1, &set, NULL, NULL, NULL) == 1;
}
static long do_futex_wake(void) { return syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0; }
static long do_futex_wait(void)
{
    return syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0) == -1 && errno == EAGAIN;
}
static long do_nanosleep(void)
{
    struct timespec none = { 0, 0 };
    return clock_nanosleep(CLOCK_MONOTONIC, 0, &none, NULL) == 0;
}
static long do_clock(void)
{
    struct timespec time;
    return syscall(SYS_clock_gettime, CLOCK_REALTIME, &time) == 0;
}
static long do_kill(void) { return kill(getpid(), SIGUSR1) == 0; }
static long do_sigprocmask(void)
{
    sigset_t set;
    sigemptyset(&set);
    return sigprocmask(SIG_SETMASK, &set, NULL) == 0;
}
static long do_dup(void) { int copy = dup(fd); return copy >= 0 && close(copy) == 0; }
static long do_fcntl(void) { return fcntl(fd, F_GETFL) >= 0; }

// The futex wait that sleeps, woken by another thread.
static void *partner(void *unused)
{
    (void)unused;
    for (;;) {
        while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 0) {
            syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
        }
        __atomic_store_n(&word, 0, __ATOMIC_SEQ_CST);
        syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    }
    return NULL;
}
static void threads(void)
{
    pthread_t thread;
    need(pthread_create(&thread, NULL, partner, NULL) == 0, "pthread_create");
}
static long do_futex_pair(void)
{
    __atomic_store_n(&word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    while (__atomic_load_n(&word, __ATOMIC_SEQ_CST) == 1) {
        syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
    }
    return 1;
}

// Calls that fail.
static long fails(long result, int error) { return result == -1 && errno == error; }
static long no_entry(void) { return fails(stat("/usr/bin/there-is-no-such-thing", &status), ENOENT); }
static long no_entry_tmp(void) { return fails(stat("there-is-no-such-thing", &status), ENOENT); }
static long no_open(void) { return fails(open("there-is-no-such-thing", O_RDONLY), ENOENT); }
static long no_directory(void) { return fails(stat("/usr/bin/env/below", &status), ENOTDIR); }
static long no_exclusive(void) { return fails(open("hot.small", O_CREAT | O_EXCL | O_RDWR, 0600), EEXIST); }
static long no_unlink(void) { return fails(unlink("there-is-no-such-thing"), ENOENT); }
static long no_mkdir(void) { return fails(mkdir("/usr/bin", 0755), EEXIST); }
static long no_rename(void) { return fails(rename("there-is-no-such-thing", "nor-this"), ENOENT); }
static long no_link(void) { return fails(readlink("/usr/bin/env", buffer, 100), EINVAL); }
static long no_name(void) { return fails(stat(name, &status), ENAMETOOLONG); }
static void long_name(void) { memset(name, 'x', sizeof name - 1); }
static long no_fd(void) { return fails(read(999, buffer, 1), EBADF) && fails(fstat(999, &status), EBADF); }
static long no_data(void) { return fails(read(pair[0], buffer, 1), EAGAIN); }
static long no_message(void) { return fails(recv(pair[0], buffer, 1, 0), EAGAIN); }
static long no_memory(void) { return fails(read(fd, (void *)8, 1), EFAULT); }
static long no_path(void) { return fails(stat((void *)8, &status), EFAULT); }
static long no_result(void) { return fails(stat("/usr/bin/env", (void *)8), EFAULT); }
static long no_ioctl(void) { return fails(syscall(SYS_ioctl, fd, 0x5401, buffer), ENOTTY); }
static long no_call(void) { return fails(syscall(999), ENOSYS); }
static long no_process(void) { return fails(kill(99999, 0), ESRCH); }
static long no_seek(void) { return fails(lseek(fd, 0, SEEK_SET), ESPIPE); }
static long no_child(void) { return fails(syscall(SYS_wait4, -1, NULL, 0, NULL), ECHILD); }
static long no_event(void)
{
    struct epoll_event event;
    return fails(epoll_ctl(epoll, EPOLL_CTL_ADD, 999, &event), EBADF);
}
static long no_wait(void)
{
    struct timespec none = { 0, 1 };
    return fails(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &none, NULL, 0), ETIMEDOUT);
}

static const struct row {
    const char *name;
    void (*prepare)(void);
    long (*run)(void);
} rows[] = {
    { "getppid", NULL, do_getppid }, { "sched_yield", NULL, do_sched_yield }, { "read", zero, do_read },
    { "readv", zero, do_readv }, { "write", zero, do_write }, { "pread", file, do_pread },
    { "pread-small", small, do_pread_small }, { "pread-64k", file, do_pread64k },
    { "pread-1m", file, do_pread1m }, { "pread-lower", lower, do_pread_env }, { "pwrite", file, do_pwrite },
    { "pwrite-small", small, do_pwrite_small }, { "pwrite-64k", file, do_pwrite64k },
    { "pwrite-1m", file, do_pwrite1m }, { "lseek", small, do_lseek }, { "fstat", file, do_fstat },
    { "fstat-lower", lower, do_fstat }, { "stat", small, do_stat }, { "stat-lower", NULL, do_stat_env },
    { "lstat-up", NULL, do_lstat_up }, { "statx", NULL, do_statx }, { "access", NULL, do_access },
    { "readlink", NULL, do_readlink }, { "open", small, do_open }, { "open-lower", NULL, do_open_env },
    { "create", NULL, do_create }, { "getdents", directory, do_getdents },
    { "getdents-lower", lower_directory, do_getdents }, { "pipe", pipes, do_pipe },
    { "send", stream, do_send }, { "send-datagram", datagram, do_send }, { "sendmsg", stream, do_sendmsg },
    { "eventfd", counter, do_eventfd }, { "epoll_wait", ready, do_epoll_wait },
    { "epoll_ctl", ready, do_epoll_ctl }, { "poll", ready, do_poll }, { "select", ready, do_select },
    { "futex-wake", NULL, do_futex_wake }, { "futex-wait", NULL, do_futex_wait },
    { "futex-pair", threads, do_futex_pair }, { "clock_nanosleep", NULL, do_nanosleep },
    { "clock_gettime", NULL, do_clock }, { "kill", handler, do_kill },
    { "rt_sigprocmask", NULL, do_sigprocmask }, { "dup", zero, do_dup }, { "fcntl", zero, do_fcntl },
    { "no-entry", NULL, no_entry }, { "no-entry-tmp", NULL, no_entry_tmp }, { "no-open", NULL, no_open },
    { "no-directory", NULL, no_directory }, { "no-exclusive", small, no_exclusive },
    { "no-unlink", NULL, no_unlink }, { "no-mkdir", NULL, no_mkdir }, { "no-rename", NULL, no_rename },
    { "no-link", NULL, no_link }, { "no-name", long_name, no_name }, { "no-fd", NULL, no_fd },
    { "no-data", pipes, no_data }, { "no-message", stream, no_message }, { "no-memory", zero, no_memory },
    { "no-path", NULL, no_path }, { "no-result", NULL, no_result }, { "no-ioctl", zero, no_ioctl },
    { "no-call", NULL, no_call }, { "no-process", NULL, no_process }, { "no-seek", pipes, no_seek },
    { "no-child", NULL, no_child }, { "no-event", ready, no_event }, { "no-wait", NULL, no_wait },
};

int main(int count, char **words)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (count == 2 && strcmp(words[1], "list") == 0) {
            puts(rows[i].name);
        } else if (count == 3 && strcmp(words[1], rows[i].name) == 0) {
            if (rows[i].prepare != NULL) { rows[i].prepare(); }
            for (long n = atol(words[2]); n > 0; n--) {
                if (!rows[i].run()) { perror(words[1]); return 1; }
            }
            return 0;
        }
    }
    return count == 2 ? 0 : 2;
}
