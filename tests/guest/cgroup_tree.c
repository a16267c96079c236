// SPDX-License-Identifier: Apache-2.0
// Control groups of version 2 (cgroups(7)): files, names, moves, bounds, freezing, killing, clone3 into one.
// @identities root
#include "cgroup.h"
#include <linux/sched.h>

static void files(void)
{
    static const char *const names[] = {"cgroup.controllers", "cgroup.events", "cgroup.freeze", "cgroup.kill",
        "cgroup.max.depth", "cgroup.max.descendants", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads",
        "cgroup.type"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        struct stat st;
        MUST(stat(names[i], &st));
        say("%s %o %ld: %s", names[i], st.st_mode, (long)st.st_size,
            i == 0 ? "" : text(names[i]));
    }
    SHOW(open("cgroup.procs", O_RDWR | O_TRUNC) >= 0);
    SHOW(open("x", O_CREAT | O_WRONLY, 0600));
    SHOW(mkfifo("x", 0600));
    SHOW(symlink("y", "x"));
    SHOW(unlink("cgroup.procs"));
    SHOW(rmdir("cgroup.procs"));
    SHOW(link("cgroup.procs", "x"));
    SHOW(mkdir("a\nb", 0755));
    SHOW(mkdir("a", 0700));
    SHOW(mkdir("a", 0755));
    SHOW(mkdir("cgroup.procs", 0755));
    struct stat st;
    MUST(stat("a", &st));
    say("a %o links %ld", st.st_mode, (long)st.st_nlink);
    MUST(stat(".", &st));
    say(". %o links %ld", st.st_mode, (long)st.st_nlink);
    SHOW(rename("a", "b"));
    SHOW(truncate("a/cgroup.procs", 0));
    SHOW(chmod("a/cgroup.procs", 0666));
    SHOW(chown("a/cgroup.procs", 1, 2));
    MUST(stat("a/cgroup.procs", &st));
    say("procs %o %d %d", st.st_mode, st.st_uid, st.st_gid);
    int fd = (int)MUST(open("a/cgroup.type", O_RDONLY));
    SHOW(rmdir("a"));
    char byte;
    SHOW(read(fd, &byte, 1));
    SHOW(rmdir("a"));
    SHOW(access("a/cgroup.procs", F_OK));
}

static void writes(void)
{
    static const char *const values[] = {"0", "1", "2", "-1", "x", "", "max", "3 4", " 1 ", "99999999999"};
    static const char *const names[] = {"cgroup.freeze", "cgroup.max.depth", "cgroup.max.descendants"};
    for (unsigned n = 0; n < 3; n++) {
        for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
            const char *result = put(names[n], values[i]);
            say("%s < \"%s\": %s, %s", names[n], values[i], result, text(names[n]));
        }
        put(names[n], n == 0 ? "0" : "max");
    }
    static const char *const other[] = {"cgroup.type", "cgroup.subtree_control", "cgroup.procs", "cgroup.threads", "cgroup.kill"};
    static const char *const bad[] = {"junk", "+nothing", "cpu", "999999", "-5"};
    for (unsigned n = 0; n < 5; n++) {
        for (unsigned i = 0; i < 5; i++) {
            if (n == 4 && i == 3) { continue; }
            say("%s < \"%s\": %s", other[n], bad[i], put(other[n], bad[i]));
        }
    }
    say("events: %s", put("cgroup.events", "1"));
    say("type domain: %s", put("cgroup.type", "domain"));
}

static void moves(void)
{
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    pid_t child = sleeper();
    say("begins %s", where(child));
    say("into a/b: %s", put_pid("a/b/cgroup.procs", child));
    say("is in %s", where(child));
    say("events a: %s", text("a/cgroup.events"));
    say("procs of b name it: %d; threads: %d", atoi(text("a/b/cgroup.procs")) == child, atoi(text("a/b/cgroup.threads")) == child);
    say("procs of a: %s", text("a/cgroup.procs"));
    SHOW(rmdir("a/b"));
    SHOW(rmdir("a"));
    say("into a: %s", put_pid("a/cgroup.procs", child));
    say("is in %s", where(child));
    SHOW(rmdir("a/b"));
    MUST(mkdir("a/b", 0755));
    say("again: %s", put_pid("a/cgroup.procs", child));
    say("by thread: %s", put_pid("a/cgroup.threads", child));
    MUST(kill(child, SIGKILL));
    siginfo_t info;
    MUST(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    say("a zombie: %s", where(child));
    say("events: %s", text("a/cgroup.events"));
    say("procs: %s", text("a/cgroup.procs"));
    say("moves: %s", put_pid("cgroup.procs", child));
    MUST(waitpid(child, NULL, 0));
    say("nobody: %s", put_pid("a/cgroup.procs", child));
    say("oneself: %s", put("a/cgroup.procs", "0"));
    say("%s", where(getpid()));
    CHILD("inherits", say("%s", where(getpid())); _exit(0););
    char up[320];
    snprintf(up, sizeof up, "%s/../cgroup.procs", cg_top);
    say("back: %s", put(up, "0"));
    say("is %s", where(getpid()));
    SHOW(rmdir("a/b"));
    SHOW(rmdir("a"));
}

static void bounds(void)
{
    say("%s", put("cgroup.max.descendants", "2"));
    SHOW(mkdir("a", 0755));
    SHOW(mkdir("a/b", 0755));
    SHOW(mkdir("c", 0755));
    say("%s", put("cgroup.max.descendants", "max"));
    say("%s", put("cgroup.max.depth", "1"));
    SHOW(mkdir("c", 0755));
    SHOW(mkdir("c/d", 0755));
    say("%s", put("cgroup.max.depth", "max"));
    SHOW(rmdir("c"));
    SHOW(rmdir("a"));
    SHOW(rmdir("a/b"));
    SHOW(rmdir("a"));
}

static void wait_for(const char *path, const char *what)
{
    for (int i = 0; i < 500 && !strstr(text(path), what); i++) { usleep(10000); }
    say("%s: %s", path, text(path));
}

static void on_usr1(int signal) { (void)signal; _exit(7); }

static void freezing(void)
{
    MUST(mkdir("f", 0755));
    MUST(mkdir("f/g", 0755));
    int *count = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        signal(SIGUSR1, on_usr1);
        for (;;) { __atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST); }
    }
    while (__atomic_load_n(count, __ATOMIC_SEQ_CST) == 0) { usleep(1000); }
    MUST(put_pid("f/g/cgroup.procs", child)[0] == 'o' ? 0 : -1);
    say("%s", put("f/cgroup.freeze", "1"));
    wait_for("f/cgroup.events", "frozen 1");
    wait_for("f/g/cgroup.events", "frozen 1");
    say("g: %s", text("f/g/cgroup.freeze"));
    int before = __atomic_load_n(count, __ATOMIC_SEQ_CST);
    usleep(50000);
    say("still: %d", before == __atomic_load_n(count, __ATOMIC_SEQ_CST));
    MUST(kill(child, SIGUSR1));
    usleep(50000);
    say("not yet: %d", (int)waitpid(child, NULL, WNOHANG));
    say("%s", put("f/cgroup.freeze", "0"));
    int status;
    MUST(waitpid(child, &status, 0));
    say("ended with %d", WEXITSTATUS(status));
    child = sleeper();
    MUST(put_pid("f/g/cgroup.procs", child)[0] == 'o' ? 0 : -1);
    say("%s", put("f/g/cgroup.freeze", "1"));
    wait_for("f/g/cgroup.events", "frozen 1");
    MUST(kill(child, SIGUSR1));
    MUST(waitpid(child, &status, 0));
    say("ended by %d", WTERMSIG(status));
    say("%s", put("f/g/cgroup.freeze", "0"));
    child = sleeper();
    MUST(put_pid("f/g/cgroup.procs", child)[0] == 'o' ? 0 : -1);
    say("%s", put("f/g/cgroup.freeze", "1"));
    wait_for("f/g/cgroup.events", "frozen 1");
    say("f: %s", text("f/cgroup.events"));
    MUST(kill(child, SIGKILL));
    MUST(waitpid(child, &status, 0));
    say("killed by %d", WTERMSIG(status));
    say("empty: %s", text("f/g/cgroup.events"));
    say("%s", put("f/g/cgroup.freeze", "0"));
    pid_t two[2] = {sleeper(), sleeper()};
    put_pid("f/cgroup.procs", two[0]);
    put_pid("f/g/cgroup.procs", two[1]);
    say("kill: %s", put("f/cgroup.kill", "1"));
    for (int i = 0; i < 2; i++) { MUST(waitpid(two[i], &status, 0)); say("%d", WTERMSIG(status)); }
    MUST(rmdir("f/g"));
    MUST(rmdir("f"));
}

static void clones(void)
{
    MUST(mkdir("c", 0755));
    int fd = (int)MUST(open("c", O_RDONLY | O_DIRECTORY)), file = (int)MUST(open("c/cgroup.procs", O_RDONLY));
    int fds[] = {fd, (int)MUST(open("c", O_PATH)), file};
    for (int i = 0; i < 3; i++) {
        struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fds[i]};
        long r = syscall(SYS_clone3, &args, sizeof args);
        if (r == 0) { say("in %s", where(getpid())); _exit(0); }
        if (r > 0) { MUST(waitpid((pid_t)r, NULL, 0)); } else { say("clone3: %s", err_name(errno)); }
    }
    MUST(rmdir("c"));
    struct clone_args args = {.flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = fd};
    long r = syscall(SYS_clone3, &args, sizeof args);
    if (r == 0) { _exit(0); }
    say("removed: %s", r < 0 ? err_name(errno) : "child");
}

int main(void)
{
    umask(022);
    own_group();
    files();
    writes();
    moves();
    bounds();
    freezing();
    clones();
    end_group();
    return 0;
}
