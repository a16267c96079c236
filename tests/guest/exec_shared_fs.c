// SPDX-License-Identifier: Apache-2.0
// A set-user-id program gives its rights only to who has root and working directory alone (CLONE_FS).
// Volumes and /dev/shm are nosuid inside: there is nothing to see there.
// @places overlay,layer
#include "t.h"
#include <sched.h>
#include <sys/stat.h>

static char stack[65536];

static int wait_for_end(void *unused)
{
    (void)unused;
    for (;;) { pause(); }
    return 0;
}

static void copy_self(const char *name, mode_t mode)
{
    char bytes[65536];
    int from = (int)MUST(open("/proc/self/exe", O_RDONLY)), to = (int)MUST(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0700));
    for (ssize_t n; (n = MUST(read(from, bytes, sizeof bytes))) > 0;) { MUST(write(to, bytes, (size_t)n)); }
    MUST(fchmod(to, mode));
    close(from);
    close(to);
}

static void run(const char *what, int flags)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        pid_t other = -1;
        if (getuid() == 0) { MUST(setresgid(65534, 65534, 65534)); MUST(setresuid(65534, 65534, 65534)); }
        if (flags >= 0) { other = (pid_t)MUST(clone(wait_for_end, stack + sizeof stack, flags | SIGCHLD, NULL)); }
        char text[16];
        snprintf(text, sizeof text, "%d", (int)other);
        execl("./shared-fs-program", "program", what, text, NULL);
        _exit(errno);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    say_status(what, status);
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        say("%s: uid %s, euid %s", argv[1], getuid() == 0 ? "root" : "other", geteuid() == 0 ? "root" : "other");
        if (atoi(argv[2]) > 0) { kill(atoi(argv[2]), SIGKILL); }
        return 0;
    }
    copy_self("shared-fs-program", 04755);
    run("alone", -1);
    run("a child with places of its own", 0);
    run("a child that shares them", CLONE_FS);
    run("alone again", -1);
    unlink("shared-fs-program");
    return 0;
}
