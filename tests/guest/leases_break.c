// SPDX-License-Identifier: Apache-2.0
// Leases that are broken: signals, opens that wait, and what ends the waiting (fcntl(2), "Leases"). On a tmpfs, where
// no other program of the machine can have the file open.
// @places overlay,layer,volume,tmpfs
#include "own_tmpfs.h"

static int was_root;

static int fresh(const char *path, int flags)
{
    unlink(path);
    put_file(path, "content", 0644);
    return (int)MUST(open(path, flags));
}

// The next of the signals within a moment, with what it says.
static void next_signal(const char *what, int fd)
{
    sigset_t set;
    siginfo_t info;
    struct timespec moment = {5, 0};
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGRTMIN);
    int got = sigtimedwait(&set, &info, &moment);
    say("%s: %s code %d, %s, band %lx", what, got == SIGIO ? "SIGIO" : got == SIGRTMIN ? "SIGRTMIN" : "none",
        got > 0 ? info.si_code : 0, got == SIGRTMIN ? info.si_fd == fd ? "the fd" : "another fd" : "no fd",
        got == SIGRTMIN ? (long)info.si_band : 0);
}

static void no_signal(const char *what)
{
    sigset_t pending;
    MUST(sigpending(&pending));
    say("%s: %s", what, sigismember(&pending, SIGIO) || sigismember(&pending, SIGRTMIN) ? "a signal" : "no signal");
}

static int tries(const char *path, int flags)
{
    int fd = open(path, flags, 0600);
    if (fd >= 0) { close(fd); }
    return fd >= 0 ? 0 : -1;
}

static void without_waiting(void)
{
    say("-- read lease");
    int fd = fresh("a", O_RDONLY);
    MUST(fcntl(fd, F_SETSIG, SIGRTMIN));
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(tries("a", O_RDONLY | O_NONBLOCK));
    no_signal("a reader");
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    next_signal("a writer", fd);
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(tries("a", O_RDWR | O_NONBLOCK));
    no_signal("another writer");
    SHOW(tries("a", O_RDONLY | O_NONBLOCK));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK | O_TRUNC));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK | O_CREAT | O_TRUNC));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK | O_CREAT | O_EXCL));
    SHOW(tries("a", O_PATH));
    struct stat st;
    MUST(stat("a", &st));
    say("size %ld", (long)st.st_size);
    int other = (int)MUST(open("a", O_RDONLY | O_NONBLOCK));
    SHOW(fcntl(other, F_SETLEASE, F_RDLCK));
    close(other);
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    close(fd);

    say("-- write lease");
    fd = fresh("a", O_RDONLY);
    MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(tries("a", O_RDONLY | O_NONBLOCK));
    next_signal("a reader", fd);
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(tries("a", O_RDONLY | O_NONBLOCK));
    no_signal("another reader");
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    next_signal("a writer", fd);
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(tries("a", O_RDONLY | O_NONBLOCK));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    no_signal("the writer again");
    close(fd);
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));

    say("-- two leases");
    fd = fresh("a", O_RDONLY);
    other = (int)MUST(open("a", O_RDONLY));
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    MUST(fcntl(other, F_SETSIG, SIGRTMIN));
    MUST(fcntl(other, F_SETLEASE, F_RDLCK));
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    next_signal("first", other);
    next_signal("second", other);
    close(fd);
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
    close(other);
    SHOW(tries("a", O_WRONLY | O_NONBLOCK));
}

// A call of a child's that has to wait; the parent gives the lease up as told. The child speaks after the parent.
#define WAITS(name, fd, how, call) \
    do { \
        int gate_[2], said_[2]; \
        char byte_; \
        MUST(pipe(gate_)); \
        MUST(pipe(said_)); \
        pid_t child_ = (pid_t)MUST(fork()); \
        if (child_ == 0) { \
            close(fd); \
            MUST(write(gate_[1], "x", 1)); \
            errno = 0; \
            long result_ = call; \
            int error_ = errno; \
            MUST(write(gate_[1], "y", 1)); \
            MUST(read(said_[0], &byte_, 1)); \
            errno = error_; \
            show_value(#call, result_, 0); \
            _exit(0); \
        } \
        MUST(read(gate_[0], &byte_, 1)); \
        next_signal(name, fd); \
        struct pollfd poll_ = {gate_[0], POLLIN, 0}; \
        say("done before: %d, lease %d", poll(&poll_, 1, 100), fcntl(fd, F_GETLEASE)); \
        how; \
        MUST(write(said_[1], "z", 1)); \
        int status_; \
        MUST(waitpid(child_, &status_, 0)); \
        say_status(name, status_); \
        close(gate_[0]); \
        close(gate_[1]); \
        close(said_[0]); \
        close(said_[1]); \
    } while (0)

static void waiting(void)
{
    say("-- waiting");
    int fd = fresh("b", O_RDONLY);
    MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
    WAITS("reader", fd, SHOW(fcntl(fd, F_SETLEASE, F_RDLCK)), tries("b", O_RDONLY));
    SHOW(fcntl(fd, F_GETLEASE));
    WAITS("writer", fd, SHOW(fcntl(fd, F_SETLEASE, F_UNLCK)), tries("b", O_WRONLY));
    SHOW(fcntl(fd, F_GETLEASE));
    MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
    WAITS("closing", fd, close(fd), tries("b", O_RDWR));
    fd = fresh("b", O_RDONLY);
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    WAITS("truncate", fd, SHOW(fcntl(fd, F_SETLEASE, F_UNLCK)), truncate("b", 3));
    struct stat st;
    MUST(fstat(fd, &st));
    say("size %ld", (long)st.st_size);
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    WAITS("O_TRUNC", fd, MUST(fstat(fd, &st)); SHOW(fcntl(fd, F_SETLEASE, F_UNLCK)), tries("b", O_RDWR | O_TRUNC));
    say("size before %ld", (long)st.st_size);
    // A waiting writer has it open for writing: no downgrade.
    MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
    WAITS("downgrade", fd, SHOW(fcntl(fd, F_SETLEASE, F_RDLCK)); SHOW(fcntl(fd, F_SETLEASE, F_UNLCK)),
        tries("b", O_WRONLY));
    close(fd);
}

static void on_alarm(int signal) { (void)signal; }

static void interrupted(void)
{
    say("-- interrupted");
    int fd = fresh("c", O_RDONLY);
    MUST(fcntl(fd, F_SETLEASE, F_RDLCK));
    CHILD("by a handler",
        close(fd);
        struct sigaction action = {.sa_handler = on_alarm};
        sigaction(SIGALRM, &action, NULL);
        struct itimerval timer = {{0, 20000}, {0, 100000}};
        setitimer(ITIMER_REAL, &timer, NULL);
        SHOW(tries("c", O_WRONLY));
        SHOW(truncate("c", 0)));
    next_signal("after", fd);
    SHOW(fcntl(fd, F_GETLEASE));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        close(fd);
        tries("c", O_WRONLY);
        _exit(1);
    }
    sleep_ms(100);
    MUST(kill(child, SIGKILL));
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("killed", status);
    SHOW(fcntl(fd, F_GETLEASE));
    close(fd);
}

static void rights(void)
{
    if (!was_root) { return; }
    int fd = fresh("d", O_RDONLY);
    MUST(chmod(".", 0777));
    CHILD("not its owner",
        MUST(setgid(65534));
        MUST(setuid(65534));
        SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
        SHOW(fcntl(fd, F_SETLEASE, 9));
        SHOW(fcntl(fd, F_SETLEASE, F_UNLCK));
        SHOW(fcntl(fd, F_GETLEASE));
        int directory = open(".", O_RDONLY);
        SHOW(fcntl(directory, F_SETLEASE, F_RDLCK)));
    MUST(chown("d", 65534, 65534));
    CHILD("its owner",
        MUST(setgid(65534));
        MUST(setuid(65534));
        SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
        SHOW(fcntl(fd, F_SETLEASE, F_UNLCK)));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    close(fd);
}

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGIO);
    sigaddset(&set, SIGRTMIN);
    MUST(sigprocmask(SIG_BLOCK, &set, NULL));
    was_root = geteuid() == 0;
    own_tmpfs();
    without_waiting();
    waiting();
    interrupted();
    rights();
    return 0;
}
