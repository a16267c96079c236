// SPDX-License-Identifier: Apache-2.0
// seccomp_unotify(2): receiving, answering, continuing, descriptors, ends of either side, signals, poll,
// errors.
#include "t.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#define seccomp(op, flags, arg) syscall(SYS_seccomp, op, flags, arg)
#define NOTIFY(number) \
    struct sock_filter code_[] = { \
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, \
            SECCOMP_RET_USER_NOTIF), \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) }; \
    struct sock_fprog program_ = { 4, code_ }

static int install(int number, unsigned flags)
{
    NOTIFY(number);
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    return (int)seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER | flags, &program_);
}

static void send_fd(int to, int fd)
{
    char c = 'f', room[CMSG_SPACE(sizeof fd)] = "";
    struct iovec v = { &c, 1 };
    struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(h), &fd, sizeof fd);
    MUST(sendmsg(to, &m, 0));
}

static int receive_fd(int from)
{
    int fd;
    char c, room[CMSG_SPACE(sizeof fd)];
    struct iovec v = { &c, 1 };
    struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = room, .msg_controllen = sizeof room };
    MUST(recvmsg(from, &m, 0));
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
    return fd;
}

// What a target finds is printed when the supervisor is done, so that lines keep their order.
static struct { const char *what; long value; int error; } notes[16];
static int noted;
static void note(const char *what, long value)
{
    notes[noted].what = what;
    notes[noted].value = value;
    notes[noted++].error = errno;
}
#define NOTE(call) note(#call, (long)(call))
static void say_notes(int gate)
{
    char c;
    MUST(read(gate, &c, 1));
    for (int i = 0; i < noted; i++) {
        errno = notes[i].error;
        show_value(notes[i].what, notes[i].value, 0);
    }
}

// A child that installs a listener on a call, hands it over, and runs body.
static int pair[2], listener;
static pid_t child;
#define TARGET(number, flags, ...) do { \
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)); \
    child = (pid_t)MUST(fork()); \
    if (child == 0) { \
        listener = install(number, flags); \
        send_fd(pair[1], listener); \
        close(listener); \
        __VA_ARGS__; \
        say_notes(pair[1]); \
        _exit(0); \
    } \
    listener = receive_fd(pair[0]); } while (0)
#define END(name) do { \
    int status_; \
    (void)!write(pair[0], "g", 1); \
    MUST(waitpid(child, &status_, 0)); \
    say_status(name, status_); \
    close(listener); close(pair[0]); close(pair[1]); } while (0)

static struct seccomp_notif got;
static void receive(void)
{
    memset(&got, 0, sizeof got);
    MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &got));
}

static int answer(long value, int error, unsigned flags)
{
    struct seccomp_notif_resp r = { .id = got.id, .val = value, .error = error, .flags = flags };
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

static int events(void)
{
    struct pollfd p = { listener, POLLIN | POLLOUT, 0 };
    poll(&p, 1, 0);
    return p.revents;
}

static volatile int alarms;
static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
}

static void answers(void)
{
    TARGET(SYS_getpriority, 0, {
        NOTE(syscall(SYS_getpriority, 11, 22, 33));
        NOTE(syscall(SYS_getpriority, 11, 22, 33));
        NOTE(syscall(SYS_getpriority, 0, 0) > 0);
    });
    receive();
    say("pid %d flags %d nr %d args %lld %lld %lld", got.pid == (unsigned)child, got.flags, got.data.nr,
        got.data.args[0],
        got.data.args[1], got.data.args[2]);
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &got.id));
    SHOW(answer(1234, 0, 0));
    receive();
    SHOW(answer(0, -EXDEV, 2));
    SHOW(answer(0, -EXDEV, 1));
    SHOW(answer(1, 0, 1));
    SHOW(answer(7, -EXDEV, 0));
    receive();
    SHOW(answer(0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE));
    END("answers");
}

static void errors(void)
{
    unsigned long id = 77;
    CHILD("two listeners", {
        int fd = install(SYS_getppid, 0);
        char link[64] = "";
        char path[64];
        say("cloexec %d", fcntl(fd, F_GETFD));
        say("flags %x", fcntl(fd, F_GETFL) & O_ACCMODE);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        MUST(readlink(path, link, sizeof link - 1));
        say("%s", link);
        SHOW(install(SYS_getppid, 0));
        SHOW(read(fd, link, 1));
        SHOW(ioctl(fd, 0x5401, link));
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, BAD));
        memset(&got, 1, sizeof got);
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &got));
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, BAD));
        struct seccomp_notif_resp r = { .id = 5 };
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &r));
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, &id));
        SHOW(ioctl(fd, SECCOMP_IOCTL_NOTIF_ID_VALID, BAD));
        close(fd);
        SHOW(syscall(SYS_getppid));
    });
    TARGET(SYS_getppid, 0, NOTE(syscall(SYS_getppid)));
    receive();
    SHOW(events());
    close(listener);
    END("listener closed");
    TARGET(SYS_getppid, 0, NOTE(syscall(SYS_getppid)));
    for (int i = 0; i < 2000 && !(events() & POLLIN); i++) { sleep_ms(1); }
    SHOW(events());
    receive();
    SHOW(events());
    kill(child, SIGKILL);
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("target killed", status);
    SHOW(answer(0, 0, 0));
    for (int i = 0; i < 2000 && !(events() & POLLHUP); i++) { sleep_ms(1); }
    SHOW(events());
    close(listener);
}

static void descriptors(void)
{
    struct seccomp_notif_addfd add;
    TARGET(SYS_getppid, 0, {
        close(pair[0]);
        NOTE(syscall(SYS_getppid));
        char c = 0;
        NOTE(read(50, &c, 1));
        NOTE(c);
        NOTE(fcntl(50, F_GETFD));
        int fd = (int)syscall(SYS_getppid);
        NOTE(read(fd, &c, 1));
        NOTE(c);
    });
    int p[2];
    MUST(pipe(p));
    MUST(write(p[1], "xyz", 3));
    receive();
    add = (struct seccomp_notif_addfd) { .id = got.id, .srcfd = (unsigned)p[0] };
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) > 2);
    add.flags = SECCOMP_ADDFD_FLAG_SETFD;
    add.newfd = 50;
    add.newfd_flags = O_CLOEXEC;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    add.newfd_flags = O_NONBLOCK;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    add.newfd_flags = 0;
    add.flags = 0;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    add.flags = 8;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    add.flags = SECCOMP_ADDFD_FLAG_SETFD;
    add.srcfd = 999;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    add.srcfd = (unsigned)p[0];
    add.id++;
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add));
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, BAD));
    SHOW(answer(60, 0, 0));
    receive();
    add = (struct seccomp_notif_addfd) { .id = got.id, .srcfd = (unsigned)p[0],
        .flags = SECCOMP_ADDFD_FLAG_SEND };
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add) > 2);
    END("descriptors");
}

static void signals(void)
{
    struct sigaction act = { .sa_handler = on_alarm };
    TARGET(SYS_getppid, 0, {
        sigaction(SIGUSR1, &act, NULL);
        NOTE(syscall(SYS_getppid));
        act.sa_flags = SA_RESTART;
        sigaction(SIGUSR1, &act, NULL);
        NOTE(syscall(SYS_getppid));
        NOTE(alarms);
    });
    receive();
    kill(child, SIGUSR1);
    receive();
    unsigned long old = got.id;
    kill(child, SIGUSR1);
    receive();
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &old));
    SHOW(answer(42, 0, 0));
    END("signals");
    TARGET(SYS_getppid, 1 << 5, {
        sigaction(SIGUSR1, &act, NULL);
        NOTE(syscall(SYS_getppid));
        NOTE(alarms);
    });
    receive();
    kill(child, SIGUSR1);
    sleep_ms(50);
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &got.id));
    SHOW(answer(43, 0, 0));
    END("wait killable");
    TARGET(SYS_getppid, 0, pause());
    act.sa_flags = 0;
    sigaction(SIGALRM, &act, NULL);
    struct itimerval in = { { 0, 0 }, { 0, 50000 } };
    setitimer(ITIMER_REAL, &in, NULL);
    memset(&got, 0, sizeof got);
    SHOW(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &got));
    kill(child, SIGKILL);
    END("receive interrupted");
}

int main(void)
{
    answers();
    errors();
    descriptors();
    signals();
    return 0;
}
