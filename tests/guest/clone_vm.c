// SPDX-License-Identifier: Apache-2.0
// clone(2) with CLONE_VM and no CLONE_THREAD: processes that share memory, killed just when they end by
// themselves; the parent lives on.
#include "t.h"
#include <sched.h>

static char stack[16384] __attribute__((aligned(16)));
static volatile int count;

static int child(void *how)
{
    count++;
    if (how) {
        for (;;) { pause(); }
    }
    return 7;
}

static pid_t spawn(int flags, void *how)
{
    return (pid_t)MUST(clone(child, stack + sizeof stack, CLONE_VM | flags | SIGCHLD, how));
}

int main(void)
{
    int killed = 0, exited = 0, other = 0;
    int64_t begun = now_ns(CLOCK_MONOTONIC);
    int rounds = 0;
    // Longer than any grace that the end of a process gets.
    while (now_ns(CLOCK_MONOTONIC) - begun < 900000000 || rounds < 200) {
        int status;
        pid_t pid = spawn(CLONE_FS | CLONE_SIGHAND, NULL);
        for (volatile int i = 0; i < rounds % 500 * 20; i++) {}
        MUST(kill(pid, SIGKILL));
        MUST(waitpid(pid, &status, 0));
        if (WIFEXITED(status) && WEXITSTATUS(status) == 7) {
            exited++;
        } else if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
            killed++;
        } else {
            other++;
        }
        rounds++;
    }
    say("all accounted for %d, others %d, memory shared %d", killed + exited == rounds, other, count >= exited);
    sleep_ms(300);
    count = 0;
    pid_t waits = spawn(0, "");
    while (!count) { sched_yield(); }
    MUST(kill(waits, SIGKILL));
    int status;
    MUST(waitpid(waits, &status, 0));
    say("killed %d", WTERMSIG(status));
    sleep_ms(300);
    say("still here");
    return 0;
}
