// SPDX-License-Identifier: Apache-2.0
// Descriptors, working directory, umask, limits and groups across exec; PATH search; pipelines made by hand;
// system(3), popen(3).
// @places overlay,layer,volume,tmpfs
#include "t.h"

static int shell(const char *command)
{
    int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
    umask(027);
    SHOW(shell("exit 3"));
    SHOW(shell("umask"));
    SHOW(shell("kill -9 $$"));
    SHOW(shell("no-such-command-at-all 2>/dev/null"));
    SHOW(shell("/etc/passwd 2>/dev/null"));
    SHOW(shell("ulimit -n 77; ulimit -n; sh -c 'ulimit -n'"));
    MUST(mkdir("bin", 0755));
    put_file("bin/tool", "#!/bin/sh\necho tool in $(basename $(pwd)) with $*\n", 0755);
    put_file("bin/plain", "text\n", 0644);
    char path[PATH_MAX];
    getcwd(path, sizeof path - 5);
    strcat(path, "/bin");
    setenv("PATH", path, 1);
    CHILD("found on the path", chdir("bin"); execlp("tool", "tool", "a", "b", NULL);
          say("%s", err_name(errno)));
    CHILD("not executable", execlp("plain", "plain", NULL); say("%s", err_name(errno)));
    CHILD("not found", execlp("missing", "missing", NULL); say("%s", err_name(errno)));
    setenv("PATH", "/usr/bin:/bin", 1);
    FILE *reader = popen("seq 1 5 | tail -2", "r");
    char line[50];
    while (fgets(line, sizeof line, reader)) {
        line[strcspn(line, "\n")] = 0;
        say("popen: %s", line);
    }
    say("pclose %d", pclose(reader));

    int p[2], q[2];
    MUST(pipe(p));
    MUST(pipe2(q, O_CLOEXEC));
    MUST(fcntl(p[1], F_SETFD, 0));
    pid_t first = (pid_t)MUST(fork());
    if (first == 0) {
        dup2(p[1], 1);
        close(p[0]);
        close(p[1]);
        execlp("printf", "printf", "c\\nb\\na\\n", NULL);
        _exit(1);
    }
    pid_t second = (pid_t)MUST(fork());
    if (second == 0) {
        dup2(p[0], 0);
        dup2(q[1], 1);
        close(p[0]);
        close(p[1]);
        execlp("sort", "sort", NULL);
        _exit(1);
    }
    close(p[0]);
    close(p[1]);
    close(q[1]);
    char text[100] = "";
    for (ssize_t n, have = 0; (n = read(q[0], text + have, sizeof text - 1 - have)) > 0; have += n) {}
    int a, b;
    MUST(waitpid(first, &a, 0));
    MUST(waitpid(second, &b, 0));
    say("pipeline %.1s%.1s%.1s, %d %d", text, text + 2, text + 4, a, b);
    SHOW(shell("exec 5>out; echo five >&5; cat out; exec 5>&-; echo again 2>/dev/null >&5 || echo closed"));
    SHOW(shell("trap 'echo trapped' TERM; kill -TERM $$; echo after"));
    SHOW(shell("(sleep 0.05; echo background) & wait; echo done"));
    return 0;
}
