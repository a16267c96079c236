// SPDX-License-Identifier: Apache-2.0
// Pipes between processes: blocking reads and writes, big transfers, atomic small writes, ping-pong, EINTR,
// end of file when the last writer goes.
// @timeout 60
#include "t.h"

static void nothing(int signal) { (void)signal; }

int main(void)
{
    int p[2], q[2], status;
    MUST(pipe(p));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        close(p[0]);
        char block[4096];
        for (int i = 0; i < 1024; i++) {
            memset(block, i & 127, sizeof block);
            for (size_t done = 0; done < sizeof block;) {
                done += MUST(write(p[1], block + done, sizeof block - done));
            }
        }
        _exit(0);
    }
    close(p[1]);
    long total = 0, sum = 0;
    char block[5000];
    for (ssize_t n; (n = read(p[0], block, sizeof block)) > 0;) {
        total += n;
        for (ssize_t i = 0; i < n; i++) { sum += block[i]; }
    }
    MUST(waitpid(child, &status, 0));
    say("4 MiB through a pipe: %ld, sum %ld", total, sum);
    close(p[0]);

    // Writes up to PIPE_BUF do not mix.
    MUST(pipe(p));
    for (int i = 0; i < 4; i++) {
        if (MUST(fork()) == 0) {
            char line[200];
            memset(line, 'a' + i, sizeof line);
            for (int k = 0; k < 500; k++) { MUST(write(p[1], line, sizeof line)); }
            _exit(0);
        }
    }
    close(p[1]);
    int mixed = 0, lines = 0;
    char line[200];
    for (;;) {
        size_t have = 0;
        while (have < sizeof line) {
            ssize_t n = read(p[0], line + have, sizeof line - have);
            if (n <= 0) { break; }
            have += n;
        }
        if (have < sizeof line) { break; }
        lines++;
        for (size_t i = 1; i < sizeof line; i++) {
            if (line[i] != line[0]) {
                mixed++;
                break;
            }
        }
    }
    while (wait(NULL) > 0) {}
    say("lines %d mixed %d", lines, mixed);
    close(p[0]);

    MUST(pipe(p));
    MUST(pipe(q));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        char c;
        close(p[1]);
        close(q[0]);
        while (read(p[0], &c, 1) == 1) {
            c++;
            MUST(write(q[1], &c, 1));
        }
        _exit(7);
    }
    close(p[0]);
    close(q[1]);
    char c = 0;
    for (int i = 0; i < 2000; i++) {
        MUST(write(p[1], &c, 1));
        MUST(read(q[0], &c, 1));
    }
    say("ping-pong ends with %d", (unsigned char)c);
    close(p[1]);
    MUST(waitpid(child, &status, 0));
    say_status("echo", status);
    SHOW(read(q[0], &c, 1));

    struct sigaction action = { .sa_handler = nothing };
    MUST(sigaction(SIGALRM, &action, NULL));
    MUST(pipe(p));
    struct itimerval soon = { { 0, 0 }, { 0, 50000 } };
    setitimer(ITIMER_REAL, &soon, NULL);
    SHOW(read(p[0], &c, 1));
    char *full = calloc(1, 65536);
    MUST(write(p[1], full, 65536));
    setitimer(ITIMER_REAL, &soon, NULL);
    SHOW(write(p[1], &c, 1));
    MUST(read(p[0], full, 4096));
    setitimer(ITIMER_REAL, &soon, NULL);
    SHOW(write(p[1], full, 10000));
    action.sa_flags = SA_RESTART;
    MUST(sigaction(SIGALRM, &action, NULL));
    MUST(pipe(q));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(200);
        write(q[1], "!", 1);
        _exit(0);
    }
    setitimer(ITIMER_REAL, &soon, NULL);
    SHOW(read(q[0], &c, 1));
    MUST(waitpid(child, &status, 0));
    return 0;
}
