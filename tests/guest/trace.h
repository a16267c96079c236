// SPDX-License-Identifier: Apache-2.0
// What the ptrace tests share: tracees, waits that are told in words, registers.
#ifndef TRACE_H
#define TRACE_H
#include "t.h"
#include <linux/ptrace.h>
#include <stddef.h>
#include <sys/user.h>

// The bare call: peeks store, and nothing is variadic.
#define trace(request, pid, address, data) \
    syscall(SYS_ptrace, (long)(request), (long)(pid), (long)(address), (long)(data))

__attribute__((unused)) static pid_t tracee;

// Says how a wait status looks to a tracer.
static void tell(const char *what, int status)
{
    if (WIFSTOPPED(status) && status >> 16) {
        say("%s: event %d with %s", what, status >> 16, sigabbrev_np(WSTOPSIG(status)));
    } else if (WIFSTOPPED(status) && WSTOPSIG(status) & 0x80) {
        say("%s: at a call", what);
    } else {
        say_status(what, status);
    }
}

// Waits for one pid, says what came.
__attribute__((unused)) static int await(const char *what, pid_t pid)
{
    int status = 0;
    MUST(waitpid(pid, &status, __WALL));
    tell(what, status);
    return status;
}

__attribute__((unused)) static struct user_regs_struct registers(pid_t pid)
{
    struct user_regs_struct r;
    MUST(trace(PTRACE_GETREGS, pid, 0, &r));
    return r;
}

__attribute__((unused)) static long peek(pid_t pid, const volatile void *address)
{
    long word = 0;
    MUST(trace(PTRACE_PEEKDATA, pid, address, &word));
    return word;
}

// A child that is traced by us and runs body after its first stop.
#define TRACEE(...) do { \
    tracee = (pid_t)MUST(fork()); \
    if (tracee == 0) { \
        MUST(trace(PTRACE_TRACEME, 0, 0, 0)); \
        raise(SIGSTOP); \
        __VA_ARGS__; \
        _exit(0); \
    } \
    int first_; \
    MUST(waitpid(tracee, &first_, 0)); \
    if (!WIFSTOPPED(first_)) { tell("first stop", first_); } \
    MUST(trace(PTRACE_SETOPTIONS, tracee, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)); } while (0)
#endif
