// SPDX-License-Identifier: Apache-2.0
// ptrace(2): events of forks, vforks, clones, execs, exits and seccomp; attach and seize; group stops; the
// end of
// tracers; what /proc says.
// @variants dynamic,static
#include "trace.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <spawn.h>
#include <sys/prctl.h>

#define ALL (PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK \
    | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT \
    | PTRACE_O_TRACEVFORKDONE | PTRACE_O_TRACESECCOMP)

static const char *self;
static int p[2];

static unsigned long message(pid_t pid)
{
    unsigned long m = 0;
    MUST(trace(PTRACE_GETEVENTMSG, pid, 0, &m));
    return m;
}

static void line(pid_t pid, const char *key)
{
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    int fd = (int)MUST(open(path, O_RDONLY));
    text[MUST(read(fd, text, sizeof text - 1))] = 0;
    close(fd);
    char *at = strstr(text, key);
    if (at && !strcmp(key, "TracerPid:")) {
        say("tracer is us %d", atoi(at + 10) == getpid());
    } else {
        say("%.*s", at ? (int)strcspn(at, "\n") : 4, at ? at : "none");
    }
}

static void forks(void)
{
    TRACEE({ pid_t c = fork(); if (c == 0) { _exit(3); } int s; waitpid(c, &s, 0); _exit(WEXITSTATUS(s)); });
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, ALL));
    line(tracee, "State:");
    line(tracee, "TracerPid:");
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("fork", tracee);
    pid_t child = (pid_t)message(tracee);
    await("its child", child);
    line(child, "TracerPid:");
    siginfo_t si;
    MUST(trace(PTRACE_GETSIGINFO, child, 0, &si));
    say("child's first signal %d code %d", si.si_signo, si.si_code);
    MUST(trace(PTRACE_CONT, child, 0, 0));
    await("child ends", child);
    say("status %lx", message(child));
    MUST(trace(PTRACE_CONT, child, 0, 0));
    await("child reaped by us", child);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("sigchld", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGCHLD));
    await("ends", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("reaped", tracee);
    SHOW(waitpid(tracee, NULL, __WALL));
}

static void vforks(void)
{
    TRACEE({ pid_t c = vfork(); if (c == 0) { execl(self, self, "quiet", NULL); _exit(9); } int s;
        waitpid(c, &s, 0); });
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, ALL & ~PTRACE_O_TRACEEXIT));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("vfork", tracee);
    pid_t child = (pid_t)message(tracee);
    await("its child", child);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    MUST(trace(PTRACE_CONT, child, 0, 0));
    await("exec", child);
    say("from itself %d", message(child) == (unsigned long)child);
    await("vfork done", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    MUST(trace(PTRACE_CONT, child, 0, 0));
    await("child", child);
    await("sigchld", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGCHLD));
    await("parent", tracee);
}

static void execs(void)
{
    TRACEE(execl(self, self, "quiet", NULL));
    MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    await("entry", tracee);
    MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    await("after exec", tracee);
    struct user_regs_struct r = registers(tracee);
    say("rax %lld orig %lld", (long long)r.rax, (long long)r.orig_rax);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("trap", tracee);
    siginfo_t si;
    MUST(trace(PTRACE_GETSIGINFO, tracee, 0, &si));
    say("code %d pid %d", si.si_code, si.si_pid == tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
}

static void *runs(void *unused)
{
    (void)unused;
    char c;
    read(p[0], &c, 1);
    return NULL;
}

static void *executes(void *unused)
{
    (void)unused;
    execl(self, self, "quiet", NULL);
    return NULL;
}

static void threads(void)
{
    MUST(pipe(p));
    TRACEE({ pthread_t t; pthread_create(&t, NULL, runs, NULL); write(p[1], "x", 1); pthread_join(t,
        NULL); });
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("clone", tracee);
    pid_t thread = (pid_t)message(tracee);
    await("thread", thread);
    SHOW(waitpid(thread, NULL, WNOHANG) == -1 ? -1 : 0);
    MUST(trace(PTRACE_CONT, thread, 0, 0));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("thread's end", thread);
    SHOW(waitpid(thread, NULL, __WALL));
    await("process's end", tracee);
    TRACEE({ pthread_t t; pthread_create(&t, NULL, executes, NULL); for (;;) { pause(); } });
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("clone", tracee);
    thread = (pid_t)message(tracee);
    await("thread", thread);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    MUST(trace(PTRACE_CONT, thread, 0, 0));
    await("exec, as the leader", tracee);
    say("was the thread %d", message(tracee) == (unsigned long)thread);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
    close(p[0]);
    close(p[1]);
}

static void seccomp_events(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE | 77), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getuid,
            0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 5), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW) };
    struct sock_fprog program = { 6, code };
    TRACEE({
        MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        MUST(syscall(SYS_seccomp, 1, 0, &program));
        long a = syscall(SYS_getppid) == getppid();
        long b = syscall(SYS_getppid), c = errno;
        say("%ld %ld %s", a, b, err_name((int)c));
    });
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, PTRACE_O_TRACESECCOMP | PTRACE_O_EXITKILL));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    for (int i = 0; i < 3; i++) {
        await("seccomp", tracee);
        struct ptrace_syscall_info info;
        SHOW(trace(PTRACE_GET_SYSCALL_INFO, tracee, sizeof info, &info));
        say("op %d nr %lld data %d message %lu", info.op, (long long)info.seccomp.nr, info.seccomp.ret_data,
            message(tracee));
        if (i == 2) {
            struct user_regs_struct r = registers(tracee);
            r.orig_rax = SYS_getuid;
            MUST(trace(PTRACE_SETREGS, tracee, 0, &r));
        }
        MUST(trace(PTRACE_CONT, tracee, 0, 0));
    }
    await("end", tracee);
}

static pid_t sleeper(void)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (int i = 0; i < 100; i++) { getppid(); }
        for (;;) { pause(); }
    }
    sleep_ms(20);
    return pid;
}

static void attaches(void)
{
    int status;
    pid_t pid = sleeper();
    SHOW(trace(PTRACE_ATTACH, pid, 0, 0));
    await("attached", pid);
    struct user_regs_struct r = registers(pid);
    say("in pause %d, interrupted %lld", r.orig_rax == SYS_pause || r.orig_rax == SYS_ppoll,
        (long long)r.rax);
    SHOW(trace(PTRACE_SYSCALL, pid, 0, 0));
    await("starts again", pid);
    SHOW(trace(PTRACE_DETACH, pid, 0, 0));
    line(pid, "TracerPid:");
    SHOW(trace(PTRACE_SEIZE, pid, 0, ALL & ~PTRACE_O_TRACEEXIT));
    SHOW(waitpid(pid, &status, WNOHANG));
    SHOW(trace(PTRACE_LISTEN, pid, 0, 0));
    SHOW(trace(PTRACE_INTERRUPT, pid, 0, 0));
    await("interrupted", pid);
    siginfo_t si;
    SHOW(trace(PTRACE_GETSIGINFO, pid, 0, &si));
    say("signo %d code %x", si.si_signo, si.si_code);
    MUST(trace(PTRACE_CONT, pid, 0, 0));
    kill(pid, SIGSTOP);
    await("sigstop", pid);
    MUST(trace(PTRACE_CONT, pid, 0, SIGSTOP));
    await("group stop", pid);
    SHOW(trace(PTRACE_LISTEN, pid, 0, 0));
    SHOW(trace(PTRACE_CONT, pid, 0, 0));
    kill(pid, SIGCONT);
    await("continued", pid);
    MUST(trace(PTRACE_CONT, pid, 0, 0));
    await("sigcont", pid);
    MUST(trace(PTRACE_CONT, pid, 0, SIGCONT));
    kill(pid, SIGKILL);
    await("killed", pid);

    pid = sleeper();
    kill(pid, SIGSTOP);
    MUST(waitpid(pid, &status, WUNTRACED));
    tell("stopped before", status);
    SHOW(trace(PTRACE_ATTACH, pid, 0, 0));
    await("attached", pid);
    SHOW(trace(PTRACE_GETSIGINFO, pid, 0, &si));
    MUST(trace(PTRACE_DETACH, pid, 0, 0));
    kill(pid, SIGKILL);
    MUST(waitpid(pid, &status, 0));
    tell("killed", status);

    siginfo_t info = { 0 };
    pid = sleeper();
    MUST(trace(PTRACE_SEIZE, pid, 0, 0));
    MUST(trace(PTRACE_INTERRUPT, pid, 0, 0));
    SHOW(waitid(P_PID, pid, &info, WEXITED | WNOWAIT));
    say("code %d status %x", info.si_code, info.si_status);
    SHOW(waitid(P_PID, pid, &info, WSTOPPED));
    say("code %d status %x", info.si_code, info.si_status);
    SHOW(waitid(P_PID, pid, &info, WSTOPPED | WNOHANG));
    say("code %d", info.si_code);
    kill(pid, SIGKILL);
    await("killed in its stop", pid);
}

// A process that others trace: its parent hears of its end after the tracer.
static void strangers(void)
{
    MUST(pipe(p));
    pid_t pid = sleeper();
    pid_t tracer = (pid_t)MUST(fork());
    if (tracer == 0) {
        MUST(trace(PTRACE_SEIZE, pid, 0, PTRACE_O_TRACEEXIT));
        MUST(write(p[1], "s", 1));
        int status;
        MUST(waitpid(pid, &status, __WALL));
        tell("tracer", status);
        MUST(trace(PTRACE_CONT, pid, 0, SIGTERM));
        MUST(waitpid(pid, &status, __WALL));
        tell("tracer", status);
        MUST(trace(PTRACE_CONT, pid, 0, 0));
        MUST(waitpid(pid, &status, __WALL));
        tell("tracer", status);
        _exit(0);
    }
    char c;
    MUST(read(p[0], &c, 1));
    SHOW(waitpid(pid, NULL, WNOHANG));
    kill(pid, SIGTERM);
    int status;
    MUST(waitpid(tracer, &status, 0));
    tell("the tracer", status);
    MUST(waitpid(pid, &status, 0));
    tell("the parent", status);
    for (int kills = 0; kills < 2; kills++) {
        pid = sleeper();
        tracer = (pid_t)MUST(fork());
        if (tracer == 0) {
            MUST(trace(PTRACE_SEIZE, pid, 0, kills ? PTRACE_O_EXITKILL : 0));
            MUST(trace(PTRACE_INTERRUPT, pid, 0, 0));
            MUST(waitpid(pid, NULL, __WALL));
            _exit(0);
        }
        MUST(waitpid(tracer, NULL, 0));
        if (!kills) {
            line(pid, "TracerPid:");
            kill(pid, SIGUSR1);
        }
        MUST(waitpid(pid, &status, 0));
        tell(kills ? "with exitkill" : "without", status);
    }
}

int main(int argc, char **argv)
{
    static char path[PATH_MAX];
    if (argc > 1) { return 5; }
    path[MUST(readlink("/proc/self/exe", path, sizeof path - 1))] = 0;
    self = path;
    (void)argv;
    forks();
    vforks();
    execs();
    threads();
    seccomp_events();
    attaches();
    strangers();
    return 0;
}
