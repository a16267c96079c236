// SPDX-License-Identifier: Apache-2.0
// Signals from everywhere at once: real-time queues to their limit, SIGSTOP and SIGCONT storms, signals to
// processes that fork, exec and exit, handlers that never return.
// @host no
// @timeout 60
#include "../guest/t.h"

static volatile int hits;
static void hit(int signal)
{
    (void)signal;
    hits++;
}
static void deep(int signal)
{
    (void)signal;
    char c[2000];
    memset(c, 1, sizeof c);
    raise(SIGUSR1);
}

int main(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    int queued = 0;
    while (queued < 200000 && sigqueue(getpid(), SIGRTMIN, (union sigval){ 0 }) == 0) { queued++; }
    fprintf(stderr, "queued %d %s\n", queued, err_name(errno));
    int taken = 0;
    while (sigtimedwait(&set, NULL, &(struct timespec){ 0, 0 }) > 0) { taken++; }
    say("all taken %d", taken == queued);
    CHILD("handlers without end", signal(SIGUSR1, deep);
          struct sigaction a = { .sa_handler = deep, .sa_flags = SA_NODEFER }; sigaction(SIGUSR1, &a, NULL);
          raise(SIGUSR1));
    pid_t target = (pid_t)MUST(fork());
    if (target == 0) {
        setpgid(0, 0);
        signal(SIGUSR1, hit);
        for (;;) {
            pid_t pid = fork();
            if (pid == 0) {
                execl("/bin/true", "true", NULL);
                _exit(1);
            }
            while (pid > 0 && waitpid(pid, NULL, 0) == -1 && errno == EINTR) {}
        }
    }
    MUST(setpgid(target, target) == -1 && errno != EACCES ? -1 : 0);
    int64_t end = now_ns(CLOCK_MONOTONIC) + 3000000000;
    long sent = 0;
    while (now_ns(CLOCK_MONOTONIC) < end) {
        kill(-target, sent % 5 == 0 ? SIGSTOP : SIGCONT);
        kill(target, SIGUSR1);
        sent++;
    }
    MUST(kill(-target, SIGKILL));
    int status;
    MUST(waitpid(target, &status, 0));
    say_status("target", status);
    return 0;
}
