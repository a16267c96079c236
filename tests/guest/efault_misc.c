// SPDX-License-Identifier: Apache-2.0
// EFAULT of calls with small structures: clocks, sleeps and timers, futex timeouts, uname, sysinfo, times,
// limits and usage, signal masks, actions and stacks, waiting, identities; structures that end where memory
// ends.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <linux/futex.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>
#include <sys/times.h>
#include <sys/utsname.h>

static uint32_t word = 5;
static const struct timespec none_left = { 0, 0 };

// 0 for every success, where the value differs from run to run.
static long worked(long r) { return r == -1 ? -1 : 0; }

static void clocks(void)
{
    EACH_BAD("clock_gettime", SYS(clock_gettime, CLOCK_MONOTONIC, p));
    EACH_BAD("clock_gettime unknown", SYS(clock_gettime, 77, p));
    EACH_BAD("clock_getres", SYS(clock_getres, CLOCK_MONOTONIC, p));
    EACH_BAD("clock_settime", SYS(clock_settime, CLOCK_MONOTONIC, p));
    EACH_BAD("gettimeofday", SYS(gettimeofday, p, NULL));
    EACH_BAD("gettimeofday zone", SYS(gettimeofday, NULL, p));
    EACH_BAD("time", p == NULL ? 0 : worked(SYS(time, p)));
    EACH_BAD("nanosleep", SYS(nanosleep, p, NULL));
    EACH_BAD("nanosleep rest", SYS(nanosleep, &none_left, p));
    EACH_BAD("clock_nanosleep", SYS(clock_nanosleep, CLOCK_MONOTONIC, 0, p, NULL));
    EACH_BAD("clock_nanosleep unknown", SYS(clock_nanosleep, 77, 0, p, NULL));
    EACH_BAD("clock_nanosleep until", SYS(clock_nanosleep, CLOCK_MONOTONIC, TIMER_ABSTIME, p, NULL));
    EACH_BAD("times", p == NULL ? 0 : worked(SYS(times, p)));
    EACH_BAD("getitimer", SYS(getitimer, ITIMER_REAL, p));
    EACH_BAD("getitimer unknown", SYS(getitimer, 9, p));
    EACH_BAD("setitimer", p == bad[4].p ? 0 : SYS(setitimer, ITIMER_REAL, p, NULL));
    EACH_BAD("timer_create id", SYS(timer_create, CLOCK_MONOTONIC, NULL, p));
    EACH_BAD("timer_settime", SYS(timer_settime, 12345, 0, p, NULL));
    EACH_END("clock_gettime", SYS(clock_gettime, CLOCK_MONOTONIC, p), 0, 1, 8, 15, 16, 17);
    EACH_END("gettimeofday", SYS(gettimeofday, p, NULL), 8, 15, 16);
    EACH_END("nanosleep", (memset(p, 0, 15), SYS(nanosleep, p, NULL)), 15, 16);
    EACH_END("times", worked(SYS(times, p)), 0, 16, 31, 32);
    EACH_END("time", worked(SYS(time, p)), 0, 7, 8);
    EACH_END("getitimer", SYS(getitimer, ITIMER_REAL, p), 16, 31, 32);
}

static void futexes(void)
{
    EACH_BAD("wait", SYS(futex, p, FUTEX_WAIT, 0, &none_left));
    EACH_BAD("wait private", SYS(futex, p, FUTEX_WAIT_PRIVATE, 0, &none_left));
    EACH_BAD("wake", SYS(futex, p, FUTEX_WAKE, 1));
    EACH_BAD("wake private", SYS(futex, p, FUTEX_WAKE_PRIVATE, 1));
    EACH_BAD("timeout", p == NULL ? 0 : SYS(futex, &word, FUTEX_WAIT, 4, p));
    EACH_BAD("timeout, equal", p == NULL ? 0 : SYS(futex, &word, FUTEX_WAIT, 5, p));
    EACH_BAD("requeue", SYS(futex, &word, FUTEX_REQUEUE, 0, 0, p, 0));
    EACH_BAD("cmp_requeue", SYS(futex, p, FUTEX_CMP_REQUEUE, 0, 0, &word, 5));
    EACH_BAD("wake_op", SYS(futex, &word, FUTEX_WAKE_OP, 0, 0, p, 0));
    EACH_END("wait", SYS(futex, p, FUTEX_WAIT, 0x5a5a5a5a, &none_left), 0, 4, 8, 2);
    EACH_END("timeout", (memset(p, 0, 15), SYS(futex, &word, FUTEX_WAIT, 5, p)), 15, 16);
}

static void system_calls(void)
{
    EACH_BAD("uname", SYS(uname, p));
    EACH_BAD("sysinfo", SYS(sysinfo, p));
    EACH_BAD("getrusage", SYS(getrusage, RUSAGE_SELF, p));
    EACH_BAD("getrusage unknown", SYS(getrusage, 7, p));
    EACH_BAD("getrlimit", SYS(getrlimit, RLIMIT_NOFILE, p));
    EACH_BAD("getrlimit unknown", SYS(getrlimit, 77, p));
    EACH_BAD("setrlimit", p == bad[4].p ? 0 : SYS(setrlimit, RLIMIT_CORE, p));
    EACH_BAD("prlimit64 old", SYS(prlimit64, 0, RLIMIT_NOFILE, NULL, p));
    EACH_BAD("prlimit64 new", p == bad[4].p ? 0 : SYS(prlimit64, 0, RLIMIT_CORE, p, NULL));
    EACH_BAD("getresuid", SYS(getresuid, p, p, p));
    EACH_BAD("getresgid third", SYS(getresgid, &word, &word, p));
    EACH_BAD("getgroups", SYS(getgroups, 0, p));
    EACH_BAD("getcpu", SYS(getcpu, p, NULL, NULL));
    EACH_BAD("sched_getaffinity", worked(SYS(sched_getaffinity, 0, 128, p)));
    EACH_BAD("sched_getaffinity of 3", SYS(sched_getaffinity, 0, 3, p));
    EACH_BAD("sched_setaffinity", p == bad[4].p ? 0 : SYS(sched_setaffinity, 0, 8, p));
    EACH_BAD("sched_getparam", SYS(sched_getparam, 0, p));
    EACH_BAD("prctl get name", SYS(prctl, PR_GET_NAME, p));
    EACH_BAD("prctl set name", p == bad[4].p ? 0 : SYS(prctl, PR_SET_NAME, p));
    EACH_BAD("prctl get death signal", SYS(prctl, PR_GET_PDEATHSIG, p));
    EACH_BAD("capget", SYS(capget, p, p));
    EACH_END("uname", SYS(uname, p), 0, 65, 389, 390, 391);
    EACH_END("sysinfo", SYS(sysinfo, p), 0, 8, 111, 112);
    EACH_END("getrusage", SYS(getrusage, RUSAGE_SELF, p), 8, 143, 144);
    EACH_END("getrlimit", SYS(getrlimit, RLIMIT_NOFILE, p), 8, 15, 16);
    EACH_END("prlimit64", SYS(prlimit64, 0, RLIMIT_NOFILE, NULL, p), 8, 15, 16);
    EACH_END("prctl get name", SYS(prctl, PR_GET_NAME, p), 5, 15, 16);
    EACH_END("getcpu", SYS(getcpu, p, NULL, NULL), 0, 3, 4);
}

static void signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    // sigaction as the kernel has it: handler, flags, restorer, mask.
    long action[4] = { (long)SIG_IGN, 0, 0, 0 };
    EACH_BAD("rt_sigprocmask set", p == bad[4].p ? 0 : SYS(rt_sigprocmask, SIG_BLOCK, p, NULL, 8));
    EACH_BAD("rt_sigprocmask unknown", p == NULL ? 0 : SYS(rt_sigprocmask, 9, p, NULL, 8));
    EACH_BAD("rt_sigprocmask old", SYS(rt_sigprocmask, SIG_BLOCK, NULL, p, 8));
    EACH_BAD("rt_sigprocmask size", SYS(rt_sigprocmask, SIG_BLOCK, p, p, 4));
    EACH_BAD("rt_sigaction new", p == bad[4].p ? 0 : SYS(rt_sigaction, SIGUSR1, p, NULL, 8));
    EACH_BAD("rt_sigaction old", SYS(rt_sigaction, SIGUSR1, NULL, p, 8));
    EACH_BAD("rt_sigaction both", SYS(rt_sigaction, SIGUSR2, action, p, 8));
    EACH_BAD("rt_sigaction KILL", SYS(rt_sigaction, SIGKILL, p, NULL, 8));
    EACH_BAD("rt_sigaction 0", SYS(rt_sigaction, 0, p, p, 8));
    EACH_BAD("rt_sigpending", SYS(rt_sigpending, p, 8));
    EACH_BAD("rt_sigpending size", SYS(rt_sigpending, p, 9));
    EACH_BAD("rt_sigtimedwait set", SYS(rt_sigtimedwait, p, NULL, &none_left, 8));
    EACH_BAD("rt_sigtimedwait timeout", p == NULL ? 0 : SYS(rt_sigtimedwait, &set, NULL, p, 8));
    EACH_BAD("rt_sigsuspend", p == bad[4].p ? 0 : SYS(rt_sigsuspend, p, 8));
    EACH_BAD("rt_sigqueueinfo", SYS(rt_sigqueueinfo, getpid(), 0, p));
    EACH_BAD("sigaltstack new", p == bad[4].p ? 0 : SYS(sigaltstack, p, NULL));
    EACH_BAD("sigaltstack old", SYS(sigaltstack, NULL, p));
    // The action was changed although the old one could not be told.
    struct sigaction now;
    MUST(sigaction(SIGUSR2, NULL, &now));
    say("SIGUSR2 ignored %d", now.sa_handler == SIG_IGN);
    // So was the mask.
    sigaddset(&set, SIGWINCH);
    SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, BAD, 8));
    sigprocmask(SIG_BLOCK, NULL, &set);
    say("SIGWINCH blocked %d", sigismember(&set, SIGWINCH));
    // A signal that was taken although its information could not be told.
    MUST(raise(SIGWINCH));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, BAD, &none_left, 8));
    SHOW(syscall(SYS_rt_sigtimedwait, &set, NULL, &none_left, 8));
    EACH_END("rt_sigprocmask old", SYS(rt_sigprocmask, SIG_BLOCK, NULL, p, 8), 0, 7, 8);
    EACH_END("rt_sigprocmask set", (memset(p, 0, 7), SYS(rt_sigprocmask, SIG_BLOCK, p, NULL, 8)), 7, 8);
    EACH_END("rt_sigprocmask in place", (memset(p, 0, 8), SYS(rt_sigprocmask, SIG_BLOCK, p, p, 8)), 8, 9);
    EACH_END("rt_sigaction old", SYS(rt_sigaction, SIGUSR1, NULL, p, 8), 0, 24, 31, 32);
    EACH_END("rt_sigpending", SYS(rt_sigpending, p, 8), 7, 8);
    EACH_END("sigaltstack old", SYS(sigaltstack, NULL, p), 8, 23, 24);
    int fd = (int)MUST(signalfd(-1, &set, SFD_NONBLOCK));
    MUST(raise(SIGWINCH));
    EACH_BAD("signalfd read", p == bad[4].p || p == bad[0].p ? SYS(read, fd, p, 128) : 0);
    MUST(raise(SIGWINCH));
    EACH_END("signalfd read", (raise(SIGWINCH), SYS(read, fd, p, 128)), 0, 127, 128);
}

static pid_t dead_child(void)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { _exit(3); }
    siginfo_t info;
    MUST(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    return child;
}

static void waits_and_files(void)
{
    EACH_BAD("wait4 status", worked(SYS(wait4, dead_child(), p, 0, NULL)));
    EACH_BAD("wait4 usage", worked(SYS(wait4, dead_child(), NULL, 0, p)));
    // Each was reaped although its status could not be told.
    SHOW(wait(NULL));
    EACH_BAD("waitid", SYS(waitid, P_PID, dead_child(), p, WEXITED, NULL));
    while (wait(NULL) > 0) {}
    EACH_BAD("wait4 nobody", SYS(wait4, -1L, p, 0, p));
    EACH_END("wait4 status", worked(SYS(wait4, dead_child(), p, 0, NULL)), 0, 3, 4);
    int event = (int)MUST(eventfd(7, EFD_NONBLOCK)),
        timer = (int)MUST(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK));
    EACH_BAD("eventfd read", SYS(read, event, p, 8));
    EACH_BAD(
        "eventfd write", (read(event, &(uint64_t){ 0 }, 8), p == bad[4].p ? 0 : SYS(write, event, p, 8)));
    EACH_END("eventfd read", (eventfd_write(event, 3), SYS(read, event, p, 8)), 0, 7, 8);
    EACH_BAD("eventfd was emptied",
        (eventfd_write(event, 3), SYS(read, event, p, 8), read(event, &(uint64_t){ 0 }, 8)));
    EACH_BAD("timerfd_settime", p == bad[4].p ? 0 : SYS(timerfd_settime, timer, 0, p, NULL));
    EACH_BAD("timerfd_gettime", SYS(timerfd_gettime, timer, p));
    int fd = (int)MUST(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600)), ends[2];
    MUST(write(fd, "some text", 9));
    MUST(pipe(ends));
    EACH_BAD("FIONREAD", SYS(ioctl, ends[0], FIONREAD, p));
    EACH_BAD("FIONBIO", p == bad[4].p ? 0 : SYS(ioctl, ends[0], FIONBIO, p));
    EACH_BAD("F_GETLK", SYS(fcntl, fd, F_GETLK, p));
    EACH_BAD("F_SETLK", SYS(fcntl, fd, F_SETLK, p));
    EACH_BAD("sendfile offset", p == NULL || p == bad[4].p ? 0 : SYS(sendfile, ends[1], fd, p, 4));
    EACH_BAD("splice offset", p == NULL || p == bad[4].p ? 0 : SYS(splice, fd, p, ends[1], NULL, 4, 0));
    EACH_BAD("mincore", SYS(mincore, to_hole - 4096, 4096, p));
    long offset = 2;
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    memcpy(to_ro - 4096, &offset, 8);
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(sendfile(ends[1], fd, (off_t *)(to_ro - 4096), 4));
    int left;
    MUST(ioctl(ends[0], FIONREAD, &left));
    say("sent %d", left);
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
}

int main(void)
{
    bad_init();
    bad[5].p = NULL;
    clocks();
    futexes();
    system_calls();
    signals();
    waits_and_files();
    return 0;
}
