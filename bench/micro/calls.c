// SPDX-License-Identifier: Apache-2.0
// Calls that touch no file, work without calls, signals.
#include "micro.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>

static volatile uint64_t sink;

static void getppid_run(long n)
{
    pid_t parent = getppid();
    while (n--) { expect(syscall(SYS_getppid) == parent, "getppid"); }
}

static void clock_run(long n)
{
    struct timespec t;
    while (n--) { check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime"); }
}

static void cpu_run(long n)
{
    uint64_t x = 88172645463325252ULL;
    while (n--) { x = steps(x, 1000); }
    sink = x;
}

static int word;
static void futex_run(long n)
{
    while (n--) {
        expect(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0, "futex wake");
    }
}

static volatile long signals;
static void on_signal(int signal)
{
    (void)signal;
    signals++;
}
static void signal_open(void)
{
    struct sigaction action = { .sa_handler = on_signal };
    check(sigaction(SIGUSR1, &action, NULL), "sigaction");
}
static void signal_run(long n)
{
    pid_t pid = getpid();
    long before = signals;
    for (long i = 0; i < n; i++) { check(kill(pid, SIGUSR1), "kill"); }
    expect(signals == before + n, "signals were lost");
}

// A seccomp trap, its handler and sigreturn: the least that a system call through SIGSYS can cost. Host only.
// The filter stays: this row comes last.
static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = 42;
}
static void trap_open(void)
{
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER };
    check(sigaction(SIGSYS, &action, NULL), "sigaction");
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 999, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { 4, code };
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}
static void trap_run(long n)
{
    while (n--) { expect(syscall(999) == 42, "trap"); }
}

const struct row call_rows[] = {
    { "getppid", nothing, getppid_run, nothing, 0, 0 },
    { "clock_gettime", nothing, clock_run, nothing, 0, 0 },
    { "cpu", nothing, cpu_run, nothing, 0, 0 },
    { "futex", nothing, futex_run, nothing, 0, 0 },
    { "signal", signal_open, signal_run, nothing, 0, 0 },
    { "sigsys", trap_open, trap_run, nothing, 0, 0 },
    { 0 },
};
