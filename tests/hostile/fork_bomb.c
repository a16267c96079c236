// SPDX-License-Identifier: Apache-2.0
// Forks until it may not, or 300 processes are there; creates threads until it may not; all are killed and
// reaped.
// @host no
// @timeout 120
#include "../guest/t.h"

static void *wait_for_ever(void *unused)
{
    (void)unused;
    for (;;) { pause(); }
    return NULL;
}

int main(void)
{
    static pid_t children[300];
    int n = 0;
    while (n < 300) {
        pid_t pid = fork();
        if (pid == -1) { break; }
        if (pid == 0) {
            for (;;) { pause(); }
        }
        children[n++] = pid;
    }
    fprintf(stderr, "processes %d %s\n", n, n < 300 ? err_name(errno) : "");
    for (int i = 0; i < n; i++) { MUST(kill(children[i], SIGKILL)); }
    int reaped = 0;
    while (wait(NULL) > 0) { reaped++; }
    say("all reaped %d", reaped == n);
    CHILD("a bomb that is killed as a group", {
        setpgid(0, 0);
        for (int i = 0; i < 6; i++) { fork(); }
        sleep_ms(200);
        kill(0, SIGKILL);
    });
    CHILD("threads", {
        pthread_t t;
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        pthread_attr_setstacksize(&attributes, 65536);
        int made = 0;
        while (made < 400 && pthread_create(&t, &attributes, wait_for_ever, NULL) == 0) { made++; }
        fprintf(stderr, "threads %d\n", made);
        _exit(made > 50 ? 5 : 6);
    });
    return 0;
}
