// SPDX-License-Identifier: Apache-2.0
// Many children: at once, one after another, in a tree; every exit code arrives once; threads of the parent
// are not copied.
// @timeout 60
#include "t.h"

static void *idle(void *unused)
{
    (void)unused;
    for (;;) { pause(); }
    return NULL;
}

static int tree(int depth)
{
    if (depth == 0) { return 1; }
    int total = 1;
    for (int i = 0; i < 2; i++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) { _exit(tree(depth - 1)); }
        int status;
        MUST(waitpid(pid, &status, 0));
        total += WEXITSTATUS(status);
    }
    return total;
}

int main(void)
{
    enum { AT_ONCE = 40 };
    pid_t children[AT_ONCE];
    int go[2];
    MUST(pipe(go));
    for (int i = 0; i < AT_ONCE; i++) {
        children[i] = (pid_t)MUST(fork());
        if (children[i] == 0) {
            char c;
            close(go[1]);
            read(go[0], &c, 1);
            _exit(i);
        }
    }
    close(go[1]);
    int seen[AT_ONCE] = { 0 }, wrong = 0;
    for (int i = 0; i < AT_ONCE; i++) {
        int status;
        pid_t pid = (pid_t)MUST(wait(&status));
        for (int k = 0; k < AT_ONCE; k++) {
            if (children[k] == pid) {
                seen[k]++;
                wrong += WEXITSTATUS(status) != k;
            }
        }
    }
    for (int i = 0; i < AT_ONCE; i++) { wrong += seen[i] != 1; }
    say("at once: wrong %d", wrong);
    SHOW(wait(NULL));

    int sum = 0;
    for (int i = 0; i < 200; i++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) { _exit(i % 7); }
        int status;
        MUST(waitpid(pid, &status, 0));
        sum += WEXITSTATUS(status);
    }
    say("one after another: %d", sum);
    say("tree: %d", tree(4));

    pthread_t threads[3];
    for (int i = 0; i < 3; i++) { pthread_create(&threads[i], NULL, idle, NULL); }
    CHILD("child of a threaded process", {
        char path[64];
        snprintf(path, sizeof path, "/proc/self/status");
        FILE *file = fopen(path, "re");
        char line[256];
        while (file && fgets(line, sizeof line, file)) {
            if (strncmp(line, "Threads:", 8) == 0) {
                line[strlen(line) - 1] = 0;
                say("%s", line);
            }
        }
        _exit(4);
    });
    return 0;
}
