// SPDX-License-Identifier: Apache-2.0
// A signal to a process group: no member sees another's death before it has its own signal.
#include "t.h"

// A chain of readers, each of the one before it; the last would exit with 0 at the end of its pipe.
static int chain(int signal, int rounds)
{
    int early = 0;
    for (int round = 0; round < rounds; round++) {
        int ready[2], last = -1;
        pid_t pids[4], group = 0;
        MUST(pipe(ready));
        for (int i = 0; i < 4; i++) {
            int p[2];
            MUST(pipe(p));
            pids[i] = (pid_t)MUST(fork());
            if (pids[i] == 0) {
                char c;
                setpgid(0, group);
                close(p[0]);
                MUST(write(ready[1], "x", 1));
                if (last < 0) { for (;;) { pause(); } }
                _exit(read(last, &c, 1) == 0 ? 0 : 1);
            }
            group = group ? group : pids[i];
            setpgid(pids[i], group);
            close(p[1]);
            if (last >= 0) { close(last); }
            last = p[0];
        }
        char seen[4];
        for (int i = 0; i < 4; i++) { MUST(read(ready[0], seen, 1)); }
        sleep_ms(5);
        MUST(kill(-group, signal));
        for (int i = 0; i < 4; i++) {
            int status;
            MUST(waitpid(pids[i], &status, 0));
            early += !(WIFSIGNALED(status) && WTERMSIG(status) == signal);
        }
        close(last);
        close(ready[0]);
        close(ready[1]);
    }
    return early;
}

int main(void)
{
    say("died otherwise: %d", chain(SIGQUIT, 40));
    say("died otherwise: %d", chain(SIGTERM, 40));
    say("died otherwise: %d", chain(SIGKILL, 40));
    return 0;
}
