// SPDX-License-Identifier: Apache-2.0
// Which calls a signal interrupts and which start again, with and without SA_RESTART, as signal(7) has it;
// restart after a stop and continue; ignored signals disturb nothing.
// @timeout 40
#include "t.h"
#include <sys/epoll.h>
#include <linux/futex.h>
#include <sys/file.h>

static volatile int handled;
static void handler(int signal)
{
    (void)signal;
    handled++;
}

// A child sends SIGUSR1 to us after 40 ms, and after another 60 ms makes the awaited thing happen by way of
// fd.
static pid_t helper(int fd, int signal)
{
    pid_t parent = getpid(), child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(40);
        kill(parent, signal);
        sleep_ms(60);
        if (fd >= 0) { write(fd, "d", 1); }
        _exit(5);
    }
    return child;
}

static void one_round(int flags)
{
    struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
    MUST(sigaction(SIGUSR1, &action, NULL));
    int p[2];
    char c;
    struct timespec time = { 0, 150000000 }, left = { 9, 9 };
    MUST(pipe(p));
    pid_t child = helper(p[1], SIGUSR1);
    SHOW(read(p[0], &c, 1));
    MUST(waitpid(child, NULL, 0) == -1 && errno != EINTR ? -1 : 0);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    while (fcntl(p[0], F_SETFL, O_NONBLOCK), read(p[0], &c, 1) == 1) {}
    fcntl(p[0], F_SETFL, 0);

    child = helper(-1, SIGUSR1);
    int status = 0;
    long got = waitpid(child, &status, 0);
    say("waitpid %d %s", got == child, got == -1 ? err_name(errno) : "");
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}

    child = helper(-1, SIGUSR1);
    SHOW(nanosleep(&time, &left));
    say("time left %d", left.tv_nsec > 0 && left.tv_nsec < 150000000);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    child = helper(-1, SIGUSR1);
    SHOW(poll(NULL, 0, 150));
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    child = helper(-1, SIGUSR1);
    SHOW(pause());
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    int ep = epoll_create1(0);
    struct epoll_event event;
    child = helper(-1, SIGUSR1);
    SHOW(epoll_wait(ep, &event, 1, 150));
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    close(ep);
    uint32_t word = 0;
    child = helper(-1, SIGUSR1);
    SHOW(syscall(SYS_futex, &word, FUTEX_WAIT, 0, &time, NULL, 0));
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
    close(p[0]);
    close(p[1]);
    say("handled %d", handled);
}

static void stop_and_continue(void)
{
    int p[2], result[2];
    MUST(pipe(p));
    MUST(pipe(result));
    pid_t reader = (pid_t)MUST(fork());
    if (reader == 0) {
        char c = 0;
        long n = read(p[0], &c, 1);
        _exit(n == 1 ? 50 : 51);
    }
    sleep_ms(40);
    int status;
    kill(reader, SIGSTOP);
    MUST(waitpid(reader, &status, WUNTRACED));
    say_status("reader", status);
    kill(reader, SIGCONT);
    MUST(waitpid(reader, &status, WCONTINUED));
    say_status("reader", status);
    MUST(write(p[1], "x", 1));
    MUST(waitpid(reader, &status, 0));
    say_status("the read goes on after a stop", status);
    pid_t sleeper = (pid_t)MUST(fork());
    if (sleeper == 0) {
        struct timespec time = { 0, 120000000 };
        _exit(nanosleep(&time, NULL) == 0 ? 60 : 61);
    }
    sleep_ms(30);
    kill(sleeper, SIGSTOP);
    MUST(waitpid(sleeper, &status, WUNTRACED));
    kill(sleeper, SIGCONT);
    MUST(waitpid(sleeper, &status, 0));
    say_status("so does a sleep", status);
}

int main(void)
{
    say("without SA_RESTART");
    one_round(0);
    say("with SA_RESTART");
    one_round(SA_RESTART);
    say("ignored");
    signal(SIGUSR1, SIG_IGN);
    pid_t child = helper(-1, SIGUSR1);
    struct timespec time = { 0, 80000000 };
    SHOW(nanosleep(&time, NULL));
    MUST(waitpid(child, NULL, 0));
    stop_and_continue();
    return 0;
}
