// SPDX-License-Identifier: Apache-2.0
// O_ASYNC with F_SETOWN, F_SETSIG and F_SETOWN_EX on pipes, sockets and terminals; F_NOTIFY on directories.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <pty.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>

#ifndef DN_ACCESS
#define DN_ACCESS 1
#define DN_MODIFY 2
#define DN_CREATE 4
#define DN_DELETE 8
#define DN_RENAME 16
#define DN_ATTRIB 32
#define DN_MULTISHOT 0x80000000
#endif

static void wait_for(const char *what, int signal)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    struct timespec soon = { 0, 300000000 };
    siginfo_t info;
    int got = sigtimedwait(&set, &info, &soon);
    if (got < 0) { say("%s: none", what); }
    else if (signal == SIGIO) { say("%s: SIGIO", what); }
    else { say("%s: code %d band %lx fd %s", what, info.si_code, (long)info.si_band, info.si_fd > 2 ? "of the file" : "other"); }
    while (sigtimedwait(&set, &info, &(struct timespec){ 0, 0 }) >= 0) {}
}

static void say_flags(const char *what, int fd)
{
    say("%s: O_ASYNC %s", what, fcntl(fd, F_GETFL) & O_ASYNC ? "on" : "off");
}

static void pipes(void)
{
    int p[2];
    MUST(pipe(p));
    MUST(fcntl(p[0], F_SETFL, O_ASYNC));
    say_flags("pipe", p[0]);
    MUST(write(p[1], "a", 1));
    wait_for("nobody's", SIGIO);
    MUST(fcntl(p[0], F_SETOWN, getpid()));
    MUST(write(p[1], "b", 1));
    wait_for("owned", SIGIO);
    MUST(fcntl(p[0], F_SETSIG, SIGRTMIN + 1));
    MUST(write(p[1], "c", 1));
    wait_for("F_SETSIG", SIGRTMIN + 1);
    MUST(fcntl(p[0], F_SETOWN, -getpgrp()));
    MUST(write(p[1], "d", 1));
    wait_for("group", SIGRTMIN + 1);
    MUST(fcntl(p[1], F_SETFL, O_ASYNC));
    MUST(fcntl(p[1], F_SETOWN, getpid()));
    MUST(fcntl(p[1], F_SETSIG, SIGRTMIN + 2));
    char byte;
    MUST(read(p[0], &byte, 1));
    int one = 1, zero = 0;
    MUST(ioctl(p[0], FIOASYNC, &zero));
    say_flags("FIOASYNC 0", p[0]);
    MUST(write(p[1], "e", 1));
    wait_for("off", SIGRTMIN + 1);
    MUST(ioctl(p[0], FIOASYNC, &one));
    struct f_owner_ex ex = { F_OWNER_TID, gettid() };
    MUST(fcntl(p[0], F_SETOWN_EX, &ex));
    MUST(write(p[1], "f", 1));
    wait_for("thread", SIGRTMIN + 1);
    ex.type = 99;
    MUST(fcntl(p[0], F_GETOWN_EX, &ex));
    say("owner: %d, self %d, F_GETOWN %d", ex.type, ex.pid == gettid(), fcntl(p[0], F_GETOWN) == gettid());
    ex = (struct f_owner_ex){ 7, getpid() };
    say("bad type: %s", fcntl(p[0], F_SETOWN_EX, &ex) < 0 ? strerrorname_np(errno) : "0");
    ex = (struct f_owner_ex){ F_OWNER_PID, 2000000 };
    say("no process: %s", fcntl(p[0], F_SETOWN_EX, &ex) < 0 ? strerrorname_np(errno) : "0");
    say("bad signal: %s", fcntl(p[0], F_SETSIG, 65) < 0 ? strerrorname_np(errno) : "0");
    close(p[0]);
    close(p[1]);
}

static void sockets(void)
{
    int s[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
    MUST(fcntl(s[0], F_SETOWN, getpid()));
    MUST(fcntl(s[0], F_SETFL, O_ASYNC | O_NONBLOCK));
    MUST(fcntl(s[0], F_SETSIG, SIGRTMIN + 1));
    say_flags("socket", s[0]);
    MUST(write(s[1], "a", 1));
    wait_for("socket", SIGRTMIN + 1);
    close(s[1]);
    wait_for("socket's other end closed", SIGRTMIN + 1);
    close(s[0]);
    int regular = (int)MUST(open("sigio-file", O_RDWR | O_CREAT, 0600)), event = (int)MUST(eventfd(0, 0));
    MUST(fcntl(regular, F_SETFL, O_ASYNC));
    MUST(fcntl(event, F_SETFL, O_ASYNC));
    say_flags("regular", regular);
    say_flags("eventfd", event);
    int on = 1;
    say("FIOASYNC on a regular file: %s", ioctl(regular, FIOASYNC, &on) < 0 ? strerrorname_np(errno) : "0");
    close(regular);
    close(event);
    unlink("sigio-file");
}

static void terminals(void)
{
    int master, slave;
    MUST(openpty(&master, &slave, NULL, NULL, NULL));
    MUST(fcntl(slave, F_SETOWN, getpid()));
    MUST(fcntl(slave, F_SETFL, O_ASYNC));
    MUST(fcntl(slave, F_SETSIG, SIGRTMIN + 1));
    MUST(write(master, "line\n", 5));
    wait_for("terminal", SIGRTMIN + 1);
    close(master);
    close(slave);
}

static void directories(void)
{
    MUST(mkdir("sigio-dir", 0700));
    int d = (int)MUST(open("sigio-dir", O_RDONLY | O_DIRECTORY));
    MUST(fcntl(d, F_SETSIG, SIGRTMIN + 1));
    MUST(fcntl(d, F_NOTIFY, DN_CREATE));
    close((int)MUST(open("sigio-dir/a", O_RDWR | O_CREAT, 0600)));
    wait_for("created", SIGRTMIN + 1);
    close((int)MUST(open("sigio-dir/b", O_RDWR | O_CREAT, 0600)));
    wait_for("once only", SIGRTMIN + 1);
    MUST(fcntl(d, F_NOTIFY, DN_MULTISHOT | DN_DELETE | DN_ATTRIB | DN_RENAME | DN_MODIFY));
    MUST(unlink("sigio-dir/b"));
    wait_for("deleted", SIGRTMIN + 1);
    MUST(chmod("sigio-dir/a", 0640));
    wait_for("attributes", SIGRTMIN + 1);
    MUST(rename("sigio-dir/a", "sigio-dir/c"));
    wait_for("renamed", SIGRTMIN + 1);
    int c = (int)MUST(open("sigio-dir/c", O_RDWR));
    wait_for("opened", SIGRTMIN + 1);
    MUST(write(c, "x", 1));
    wait_for("written", SIGRTMIN + 1);
    close(c);
    MUST(fcntl(d, F_NOTIFY, 0));
    MUST(unlink("sigio-dir/c"));
    wait_for("given up", SIGRTMIN + 1);
    MUST(fcntl(d, F_NOTIFY, DN_MULTISHOT | DN_CREATE));
    close(d);
    MUST(mkdir("sigio-dir/d", 0700));
    wait_for("closed", SIGRTMIN + 1);
    MUST(rmdir("sigio-dir/d"));
    MUST(rmdir("sigio-dir"));
    int f = (int)MUST(open("/etc/passwd", O_RDONLY));
    say("not a directory: %s", fcntl(f, F_NOTIFY, DN_CREATE) < 0 ? strerrorname_np(errno) : "0");
}

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGRTMIN + 1);
    sigaddset(&set, SIGRTMIN + 2);
    setpgid(0, 0);
    MUST(sigprocmask(SIG_BLOCK, &set, NULL));
    pipes();
    sockets();
    terminals();
    directories();
    return 0;
}
