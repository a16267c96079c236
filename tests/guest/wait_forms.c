// SPDX-License-Identifier: Apache-2.0
// wait4(2) and waitid(2): selectors, options, WNOHANG, WNOWAIT, stop and continue, rusage, ignored SIGCHLD,
// pidfd, errors.
#include "t.h"
#include <sys/prctl.h>

static pid_t spawn_exit(int code)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) { _exit(code); }
    return pid;
}
static pid_t spawn_pause(void)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        for (;;) { pause(); }
    }
    return pid;
}

int main(void)
{
    int status = 0;
    siginfo_t info;
    SHOW(wait4(-1, &status, 0, NULL));
    SHOW(waitid(P_ALL, 0, &info, WEXITED));
    SHOW(wait4(-1, &status, WNOHANG, NULL));
    pid_t a = spawn_pause();
    SHOW(waitpid(a, &status, WNOHANG));
    SHOW(waitpid(-1, &status, WNOHANG));
    SHOW(waitpid(1, &status, WNOHANG));
    SHOW(waitpid(-a, &status, WNOHANG));
    SHOW(waitpid(0, &status, WNOHANG));
    SHOW(waitpid(a, &status, 0x4000));
    SHOW(waitpid(INT_MIN, &status, WNOHANG));
    memset(&info, 1, sizeof info);
    SHOW(waitid(P_PID, a, &info, WEXITED | WNOHANG));
    say("nothing: signo %d pid %d", info.si_signo, info.si_pid);
    SHOW(waitid(P_PID, a, &info, 0));
    SHOW(waitid(P_PID, a, &info, WNOHANG));
    SHOW(waitid(P_PID, 0, &info, WEXITED));
    SHOW(waitid(77, a, &info, WEXITED));
    SHOW(waitid(P_PID, a, &info, WEXITED | 0x100000));
    SHOW(waitid(P_PIDFD, 0, &info, WEXITED));
    SHOW(waitid(P_PIDFD, 99, &info, WEXITED));
    SHOW(waitid(P_PGID, 999999, &info, WEXITED));
    kill(a, SIGSTOP);
    SHOW(waitid(P_PID, a, &info, WSTOPPED));
    say("stopped: code %d status %d", info.si_code == CLD_STOPPED, info.si_status);
    SHOW(waitid(P_PID, a, &info, WSTOPPED | WNOHANG));
    kill(a, SIGCONT);
    SHOW(waitid(P_PID, a, &info, WCONTINUED));
    say("continued: code %d status %d", info.si_code == CLD_CONTINUED, info.si_status);
    kill(a, SIGSTOP);
    say("WUNTRACED %d", waitpid(a, &status, WUNTRACED) == a);
    say_status("wait4", status);
    kill(a, SIGKILL);
    SHOW(waitid(P_PID, a, &info, WEXITED | WNOWAIT));
    say("killed: code %d status %d pid %d uid %d signo %d", info.si_code == CLD_KILLED, info.si_status,
        info.si_pid == a, info.si_uid == getuid(), info.si_signo == SIGCHLD);
    say("still there %d", waitpid(a, &status, 0) == a);
    say_status("wait4", status);
    SHOW(waitpid(a, &status, 0));
    pid_t b = spawn_exit(7);
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    say("rusage %d", wait4(b, &status, 0, &usage) == b);
    say("times are sane %d",
        usage.ru_utime.tv_sec == 0 && usage.ru_stime.tv_sec == 0 && usage.ru_utime.tv_usec >= 0);
    b = spawn_exit(8);
    SHOW(syscall(SYS_wait4, b, BAD, 0, NULL));
    SHOW(syscall(SYS_wait4, b, NULL, 0, NULL));
    b = spawn_exit(9);
    SHOW(syscall(SYS_waitid, P_PID, b, NULL, WEXITED, NULL));
    SHOW(syscall(SYS_waitid, P_PID, b, NULL, WEXITED, NULL));

    MUST(setpgid(0, 0) == -1 && errno != EPERM ? -1 : 0);
    a = spawn_exit(1);
    say("by own group %d", waitpid(0, &status, 0) == a);
    b = spawn_pause();
    MUST(setpgid(b, b));
    SHOW(waitpid(0, &status, WNOHANG));
    kill(b, SIGTERM);
    say("by another group %d", waitpid(-b, &status, 0) == b);
    say_status("it", status);

    signal(SIGCHLD, SIG_IGN);
    spawn_exit(3);
    SHOW(waitpid(-1, &status, 0));
    signal(SIGCHLD, SIG_DFL);
    struct sigaction no_wait = { .sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT };
    MUST(sigaction(SIGCHLD, &no_wait, NULL));
    spawn_exit(3);
    SHOW(waitpid(-1, &status, 0));
    signal(SIGCHLD, SIG_DFL);

    SHOW(prctl(PR_SET_CHILD_SUBREAPER, 1));
    int told[2];
    MUST(pipe(told));
    a = (pid_t)MUST(fork());
    if (a == 0) {
        pid_t grandchild = (pid_t)MUST(fork());
        if (grandchild == 0) {
            sleep_ms(80);
            _exit(66);
        }
        MUST(write(told[1], &grandchild, sizeof grandchild));
        _exit(1);
    }
    pid_t orphan;
    MUST(read(told[0], &orphan, sizeof orphan));
    MUST(waitpid(a, NULL, 0));
    say("the orphan comes to the subreaper %d", waitpid(-1, &status, 0) == orphan);
    say_status("orphan", status);

    int pidfd = -1;
    a = spawn_pause();
    pidfd = (int)SHOW(syscall(SYS_pidfd_open, a, 0) >= 0 ? 0 : -1);
    pidfd = (int)MUST(syscall(SYS_pidfd_open, a, 0));
    struct pollfd state = { pidfd, POLLIN, 0 };
    SHOW(poll(&state, 1, 0));
    SHOW(syscall(SYS_pidfd_send_signal, pidfd, 0, NULL, 0));
    SHOW(syscall(SYS_pidfd_send_signal, pidfd, SIGINT, NULL, 0));
    SHOW(poll(&state, 1, 5000));
    SHOW(waitid(P_PIDFD, pidfd, &info, WEXITED));
    say("status %d", info.si_status);
    SHOW(syscall(SYS_pidfd_send_signal, pidfd, SIGINT, NULL, 0));
    SHOW(syscall(SYS_pidfd_open, 999999, 0));
    SHOW(syscall(SYS_pidfd_open, getpid(), 0x10000));
    SHOW(syscall(SYS_pidfd_open, -1, 0));
    return 0;
}
