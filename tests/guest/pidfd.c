// SPDX-License-Identifier: Apache-2.0
// pidfd_open(2), pidfd_send_signal(2), pidfd_getfd(2), polling and waiting on pidfds.
#include "t.h"

static volatile pid_t thread_id;

static void *wait_forever(void *argument)
{
    thread_id = gettid();
    for (;;) { pause(); }
    return argument;
}

int main(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_forever, NULL);
    while (thread_id == 0) { }
    SHOW(syscall(SYS_pidfd_open, 0, 0));
    SHOW(syscall(SYS_pidfd_open, -1, 0));
    SHOW(syscall(SYS_pidfd_open, getpid(), 1));
    SHOW(syscall(SYS_pidfd_open, 4000000, 0));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { pause(); }
    }
    int fd = (int)MUST(syscall(SYS_pidfd_open, child, 0));
    struct pollfd state = { fd, POLLIN, 0 };
    char byte;
    SHOW(poll(&state, 1, 0));
    SHOW(read(fd, &byte, 1));
    SHOW(write(fd, "x", 1));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, 1, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, 99, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, fd, 65, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, fd, 0, BAD, 0));
    char path[40];
    snprintf(path, sizeof path, "/proc/%d", child);
    int directory = (int)MUST(open(path, O_RDONLY | O_DIRECTORY)), named = (int)MUST(open(path, O_PATH));
    SHOW(syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, named, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_getfd, directory, 1, 0));
    strcat(path, "/task");
    int threads = (int)MUST(open(path, O_RDONLY | O_DIRECTORY));
    SHOW(syscall(SYS_pidfd_send_signal, threads, 0, NULL, 0));
    snprintf(path, sizeof path, "/proc/%d/task/%d", child, child);
    threads = (int)MUST(open(path, O_RDONLY | O_DIRECTORY));
    SHOW(syscall(SYS_pidfd_send_signal, threads, 0, NULL, 0));
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = SIGINT;
    SHOW(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, &info, 0));
    SHOW(syscall(SYS_pidfd_send_signal, fd, SIGINT, &info, 0));
    OK(syscall(SYS_pidfd_getfd, fd, 1, 0));
    SHOW(syscall(SYS_pidfd_getfd, fd, 99, 0));
    SHOW(syscall(SYS_pidfd_getfd, fd, 1, 1));
    SHOW(syscall(SYS_pidfd_getfd, 1, 1, 0));
    int eager = (int)MUST(syscall(SYS_pidfd_open, child, O_NONBLOCK));
    SHOW(waitid(P_PIDFD, eager, &info, WEXITED));
    SHOW(waitid(P_PIDFD, 1, &info, WEXITED));
    SHOW(syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0));
    SHOW(poll(&state, 1, 5000));
    SHOW(waitid(P_PIDFD, fd, &info, WEXITED));
    say("status %d", info.si_status);
    SHOW(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, directory, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_getfd, fd, 1, 0));
    SHOW(waitid(P_PIDFD, fd, &info, WEXITED));
    return 0;
}
