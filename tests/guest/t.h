// SPDX-License-Identifier: Apache-2.0
// What every guest test prints with: plain writes, no stdio buffers, so that output survives fork, exec and
// _exit as written.
#ifndef T_H
#define T_H
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// An address that is never mapped.
#define BAD ((void *)1)
#define PAGE 4096UL

// Prints a formatted line in one write.
__attribute__((format(printf, 1, 2), unused)) static void say(const char *format, ...)
{
    char line[4096];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line - 1, format, arguments);
    va_end(arguments);
    if (n > (int)sizeof line - 2) { n = sizeof line - 2; }
    line[n++] = '\n';
    for (int done = 0; done < n;) {
        ssize_t w = write(1, line + done, n - done);
        if (w <= 0) { _exit(98); }
        done += w;
    }
}

__attribute__((unused)) static const char *err_name(int error)
{
    const char *name = strerrorname_np(error);
    return name ? name : "E?";
}

__attribute__((unused)) static long show_value(const char *what, long result, int hide)
{
    int error = errno;
    if (result == -1) {
        say("%s = -1 %s", what, error ? err_name(error) : "");
    } else if (hide) {
        say("%s = ok", what);
    } else {
        say("%s = %ld", what, result);
    }
    errno = error;
    return result;
}

__attribute__((unused)) static long must_value(const char *what, const char *file, int line, long result)
{
    if (result == -1) {
        say("%s:%d: %s failed: %s", file, line, what, err_name(errno));
        _exit(99);
    }
    return result;
}

// Prints the call, its value and errno.
#define SHOW(call) (errno = 0, show_value(#call, (long)(call), 0))
// Prints the call and whether it succeeded, for values that differ from run to run.
#define OK(call) (errno = 0, show_value(#call, (long)(call), 1))
// A step that the test needs; ends the program when it fails.
#define MUST(call) (must_value(#call, __FILE__, __LINE__, (long)(call)))
#define MUSTP(call) ((void *)must_value(#call, __FILE__, __LINE__, (long)(call)))

// Says in words how a child ended.
__attribute__((unused)) static void say_status(const char *what, int status)
{
    if (WIFEXITED(status)) {
        say("%s: exited %d", what, WEXITSTATUS(status));
    } else if (WIFSIGNALED(status)) {
        say("%s: killed by %s", what, sigabbrev_np(WTERMSIG(status)));
    } else if (WIFSTOPPED(status)) {
        say("%s: stopped by %s", what, sigabbrev_np(WSTOPSIG(status)));
    } else if (WIFCONTINUED(status)) {
        say("%s: continued", what);
    } else {
        say("%s: status %x", what, status);
    }
}

// Runs body in a child, waits and says how it ended.
#define CHILD(name, ...) \
    do { \
        pid_t child_pid_ = (pid_t)MUST(fork()); \
        if (child_pid_ == 0) { \
            __VA_ARGS__; \
            _exit(0); \
        } \
        int child_status_ = 0; \
        MUST(waitpid(child_pid_, &child_status_, 0)); \
        say_status(name, child_status_); \
    } while (0)

// Whether the kernel can read a byte there: a probe that never faults.
__attribute__((unused)) static int readable(const void *address)
{
    int ends[2];
    MUST(pipe(ends));
    int ok = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return ok;
}

// Whether the kernel can write a byte there (writes back what it holds, so it must be readable too).
__attribute__((unused)) static int writable(void *address)
{
    int ends[2];
    MUST(pipe(ends));
    int ok = write(ends[1], address, 1) == 1 && read(ends[0], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return ok;
}

__attribute__((unused)) static void sleep_ms(long ms)
{
    struct timespec wait = { ms / 1000, ms % 1000 * 1000000 };
    while (nanosleep(&wait, &wait) == -1 && errno == EINTR) {}
}

__attribute__((unused)) static int64_t now_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

__attribute__((unused)) static void put_file(const char *path, const char *text, mode_t mode)
{
    int fd = (int)MUST(open(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
    MUST(write(fd, text, strlen(text)));
    MUST(close(fd));
    MUST(chmod(path, mode));
}
#endif
