// SPDX-License-Identifier: Apache-2.0
// VMIN and VTIME together: how many bytes end a read, how long it waits between them, what poll and FIONREAD say.
// @flags -lutil
#include "t.h"
#include <pty.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, slave;

static void set(int min, int time)
{
    struct termios t;
    MUST(tcgetattr(slave, &t));
    cfmakeraw(&t);
    t.c_cc[VMIN] = (cc_t)min;
    t.c_cc[VTIME] = (cc_t)time;
    MUST(tcsetattr(slave, TCSANOW, &t));
}

static void state(const char *what)
{
    int count = -1;
    struct pollfd p = { slave, POLLIN, 0 };
    poll(&p, 1, 50);
    MUST(ioctl(slave, FIONREAD, &count));
    say("%s: poll %s, FIONREAD %d", what, p.revents & POLLIN ? "in" : "-", count);
}

static void read_some(const char *what, size_t room)
{
    char bytes[16] = "";
    long got = read(slave, bytes, room);
    say("%s: %ld '%.*s'%s", what, got, (int)(got > 0 ? got : 0), bytes, got < 0 ? strerrorname_np(errno) : "");
}

static void type_slowly(const char *bytes, long pause_ms)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (; *bytes; bytes++) {
            sleep_ms(pause_ms);
            MUST(write(master, bytes, 1));
        }
        _exit(0);
    }
}

static void nothing(int signal) { (void)signal; }

int main(void)
{
    MUST(openpty(&master, &slave, NULL, NULL, NULL));
    set(3, 0);
    MUST(write(master, "a", 1));
    state("one of three");
    MUST(write(master, "bc", 2));
    state("three of three");
    read_some("three", 16);
    type_slowly("def", 30);
    read_some("one after the other", 16);
    wait(NULL);
    type_slowly("gh", 10);
    read_some("less room than that", 2);
    wait(NULL);
    set(5, 2);
    MUST(write(master, "ij", 2));
    state("two of five, timed");
    read_some("two, then the time is over", 16);
    type_slowly("klmno", 40);
    read_some("five in time", 16);
    wait(NULL);
    set(0, 1);
    read_some("none in time", 16);
    set(0, 0);
    read_some("no waiting", 16);
    set(4, 0);
    struct sigaction a = { .sa_handler = nothing };
    MUST(sigaction(SIGALRM, &a, NULL));
    MUST(write(master, "p", 1));
    struct itimerval soon = { { 0, 0 }, { 0, 100000 } };
    MUST(setitimer(ITIMER_REAL, &soon, NULL));
    read_some("a signal after one", 16);
    MUST(setitimer(ITIMER_REAL, &soon, NULL));
    read_some("a signal before any", 16);
    MUST(fcntl(slave, F_SETFL, O_NONBLOCK));
    read_some("not blocking, none", 16);
    MUST(write(master, "q", 1));
    state("one");
    read_some("not blocking, one of four", 16);
    return 0;
}
