// SPDX-License-Identifier: Apache-2.0
// What io_uring requests wait for: permission events of fanotify(7), and leases. Executing and fanotify's own opens break
// leases too. On a tmpfs.
// @flags -Wl,--whole-archive -luring -Wl,--no-whole-archive
// @identities root
// @places overlay,volume,tmpfs
#include "fanperm.h"
#include <liburing.h>

#define CONTENT (FAN_CLASS_CONTENT | FAN_CLOEXEC)

static struct io_uring ring;

static int finish(unsigned count)
{
    struct io_uring_cqe *cqe;
    int result = 0;
    io_uring_submit(&ring);
    while (count-- > 0) {
        struct __kernel_timespec soon = {20, 0};
        if (io_uring_wait_cqe_timeout(&ring, &cqe, &soon) != 0) { return -ETIME; }
        result = cqe->res;
        io_uring_cqe_seen(&ring, cqe);
        if (result < 0 && result != -ECANCELED) { break; }
    }
    return result;
}

static void ring_open(const char *path, int flags)
{
    int error = io_uring_queue_init(8, &ring, 0);
    if (error) { _exit(-error); }
    io_uring_prep_openat(io_uring_get_sqe(&ring), AT_FDCWD, path, flags, 0600);
    int fd = finish(1);
    if (fd < 0) { _exit(-fd); }
}

static void ring_read(int fd)
{
    char room[64];
    int error = io_uring_queue_init(8, &ring, 0);
    if (error) { _exit(-error); }
    io_uring_prep_read(io_uring_get_sqe(&ring), fd, room, 4, 0);
    int n = finish(1);
    _exit(n < 0 ? -n : n == 4 ? 0 : 99);
}

// The second begins when the first has ended, on no thread of the process.
static void ring_chain(void)
{
    int error = io_uring_queue_init(8, &ring, 0);
    if (error) { _exit(-error); }
    struct io_uring_sqe *first = io_uring_get_sqe(&ring);
    io_uring_prep_openat(first, AT_FDCWD, "file", O_RDONLY, 0);
    first->flags |= IOSQE_IO_LINK;
    struct io_uring_sqe *second = io_uring_get_sqe(&ring);
    io_uring_prep_openat(second, AT_FDCWD, "file", O_RDWR, 0);
    int fd = finish(2);
    _exit(fd < 0 ? -fd : 0);
}

static void permissions(void)
{
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    SERVE("open allowed", fan, ALLOW, ring_open("file", O_RDONLY));
    SERVE("open denied", fan, DENY, ring_open("file", O_RDONLY));
    SERVE("chain", fan, ALLOW, ring_chain());
    SERVE("other file", fan, DENY, ring_open("other", O_RDONLY | O_CREAT));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ACCESS_PERM, AT_FDCWD, "file"));
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_OPEN_PERM, AT_FDCWD, "file"));
    int fd = (int)MUST(open("file", O_RDONLY));
    SERVE("read allowed", fan, ALLOW, ring_read(fd));
    SERVE("read denied", fan, DENY, ring_read(fd));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    say("-- killed");
    struct child child;
    BEGIN(child, ring_open("file", O_RDONLY));
    int event = next_event("group", fan);
    MUST(kill(child.pid, SIGKILL));
    end_child(&child);
    close(event);
    close(fd);
    close(fan);
}

// A child that has a lease on the file and gives it up when somebody wants it.
static pid_t holder(const char *path, int lease)
{
    int ends[2];
    char c;
    MUST(pipe(ends));
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGIO);
        sigprocmask(SIG_BLOCK, &set, NULL);
        int fd = (int)MUST(open(path, O_RDONLY));
        MUST(fcntl(fd, F_SETLEASE, lease));
        MUST(write(ends[1], "x", 1));
        int got;
        sigwait(&set, &got);
        sleep_ms(30);
        say("  lease given up");
        MUST(fcntl(fd, F_SETLEASE, F_UNLCK));
        _exit(0);
    }
    MUST(read(ends[0], &c, 1));
    close(ends[0]);
    close(ends[1]);
    return pid;
}

static void leases(const char *self)
{
    char buffer[65536];
    int in = (int)MUST(open(self, O_RDONLY)), out = (int)MUST(open("program", O_CREAT | O_WRONLY, 0755));
    for (ssize_t n; (n = read(in, buffer, sizeof buffer)) > 0;) { MUST(write(out, buffer, n)); }
    close(in);
    close(out);
    say("-- ring");
    pid_t pid = holder("file", F_WRLCK);
    CHILD("  reader", ring_open("file", O_RDONLY));
    MUST(waitpid(pid, NULL, 0));
    pid = holder("file", F_RDLCK);
    CHILD("  writer", ring_open("file", O_WRONLY));
    MUST(waitpid(pid, NULL, 0));
    pid = holder("file", F_WRLCK);
    CHILD("  not waiting", int n = -1; io_uring_queue_init(8, &ring, 0);
        io_uring_prep_openat(io_uring_get_sqe(&ring), AT_FDCWD, "file", O_RDONLY | O_NONBLOCK, 0); n = finish(1);
        say("  %s", err_name(-n)));
    MUST(waitpid(pid, NULL, 0));
    say("-- exec");
    pid = holder("program", F_WRLCK);
    CHILD("  exec", char *arguments[] = {(char *)"/tmp/program", (char *)"run", NULL}; execv("/tmp/program", arguments);
        _exit(errno));
    MUST(waitpid(pid, NULL, 0));
    pid = holder("program", F_RDLCK);
    CHILD("  exec", char *arguments[] = {(char *)"/tmp/program", (char *)"run", NULL}; execv("/tmp/program", arguments);
        _exit(errno));
    MUST(kill(pid, SIGKILL));
    MUST(waitpid(pid, NULL, 0));
    say("-- a listener's descriptor");
    int fan = (int)MUST(fanotify_init(CONTENT, O_RDWR));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY, FAN_OPEN_PERM, AT_FDCWD,
        "file"));
    pid = holder("file", F_RDLCK);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE | FAN_MARK_IGNORED_MASK, FAN_OPEN_PERM, AT_FDCWD, "file"));
    struct child child;
    BEGIN(child, TRY(open("file", O_RDONLY)));
    int fd = next_event("group", fan);
    answer_with(fan, fd, FAN_ALLOW);
    end_child(&child);
    MUST(waitpid(pid, NULL, 0));
    close(fd);
    close(fan);
}

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) { return 0; }
    alarm(60);
    char self[64];
    int program = (int)MUST(open("/proc/self/exe", O_RDONLY));
    own_tmpfs();
    snprintf(self, sizeof self, "/proc/self/fd/%d", program);
    put_file("file", "content", 0644);
    permissions();
    leases(self);
    return 0;
}
