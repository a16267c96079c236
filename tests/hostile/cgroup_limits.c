// SPDX-License-Identifier: Apache-2.0
// Limits of control groups: pids.max, memory.max, cpu.max act in the guest; which groups may have them (cgroups(7)).
// The host of the tests has no controllers on version 2: what is right is what the kernel's documentation says
// (Documentation/admin-guide/cgroup-v2.rst), and this program says of each line whether it is so.
// @host no
// @identities root
// @timeout 60
#include "../guest/cgroup.h"
#include <time.h>

static int failed;

static void is(const char *what, int good)
{
    say("%s: %s", what, good ? "yes" : "NO");
    failed |= !good;
}

static int same(const char *a, const char *b) { return strcmp(a, b) == 0; }

static int member(const char *group, pid_t pid)
{
    char path[128];
    snprintf(path, sizeof path, "%s/cgroup.procs", group);
    return same(put_pid(path, pid), "ok");
}

static long number(const char *path, const char *key)
{
    const char *all = text(path);
    const char *at = *key ? strstr(all, key) : all;
    return at ? atol(at + strlen(key)) : -1;
}

static void rules(void)
{
    is("children have no controllers", same(text("a/cgroup.controllers"), ""));
    is("no files of controllers", access("a/pids.max", F_OK) != 0);
    is("what is not there cannot be enabled", same(put("a/cgroup.subtree_control", "+pids"), "ENOENT"));
    is("enabled", same(put("cgroup.subtree_control", "+pids +memory +cpu"), "ok"));
    is("shown", same(text("cgroup.subtree_control"), "cpu memory pids|"));
    is("inherited", same(text("a/cgroup.controllers"), "cpu memory pids|"));
    is("files", same(text("a/pids.max"), "max|") && same(text("a/memory.max"), "max|") && same(text("a/cpu.max"), "max 100000|"));
    pid_t child = sleeper();
    is("no processes beside controllers", same(put_pid("cgroup.procs", child), "EBUSY"));
    is("but below", member("a", child));
    is("no controllers beside processes", same(put("a/cgroup.subtree_control", "+memory"), "EBUSY"));
    is("but threaded ones", same(put("a/cgroup.subtree_control", "+pids"), "ok"));
    is("then a domain of threads", same(text("a/cgroup.type"), "domain threaded|"));
    MUST(mkdir("a/b", 0755));
    is("and none below", same(text("a/b/cgroup.type"), "domain invalid|") && same(put_pid("a/b/cgroup.procs", child), "EOPNOTSUPP"));
    is("used below", same(put("cgroup.subtree_control", "-pids"), "EBUSY"));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    is("disabled", same(put("a/cgroup.subtree_control", "-pids"), "ok"));
    MUST(rmdir("a/b"));
}

static void pids(void)
{
    is("pids.max", same(put("a/pids.max", "3"), "ok") && same(text("a/pids.max"), "3|"));
    is("no junk", same(put("a/pids.max", "-1"), "EINVAL") && same(put("a/pids.max", "x"), "EINVAL"));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        put("a/cgroup.procs", "0");
        pid_t one = fork(), two = one ? fork() : 0;
        if (one == 0 || two == 0) { for (;;) { pause(); } }
        errno = 0;
        int good = fork() == -1 && errno == EAGAIN && number("a/pids.current", "") == 3;
        kill(one, SIGKILL);
        usleep(10000);
        good = good && fork() == -1; // a zombie counts
        waitpid(one, NULL, 0);
        pid_t three = fork();
        if (three == 0) { _exit(0); }
        good = good && three > 0;
        kill(two, SIGKILL);
        _exit(good ? 0 : 1);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    is("the fourth is EAGAIN", status == 0);
    is("counted", number("a/pids.events", "max ") == 2 && number("a/pids.peak", "") == 3);
    for (int i = 0; i < 100 && number("a/pids.current", "") != 0; i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0) { } // this may be the first process, which adopts
        usleep(10000);
    }
    is("none left", number("a/pids.current", "") == 0);
    put("a/pids.max", "max");
}

static void memory(void)
{
    is("memory.max", same(put("a/memory.max", "64M"), "ok") && same(text("a/memory.max"), "67108864|"));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        put("a/cgroup.procs", "0");
        for (int i = 0; i < 200; i++) {
            char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            memset(p, 1, 4 << 20);
            usleep(10000);
        }
        _exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    is("killed beyond it", WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    is("counted", number("a/memory.events", "oom_kill ") >= 1 && number("a/memory.peak", "") > 64 << 20);
    child = (pid_t)MUST(fork());
    if (child == 0) {
        put("a/cgroup.procs", "0");
        char *p = mmap(NULL, 40 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        memset(p, 1, 40 << 20);
        pid_t inner = fork(); // shares it all: within the limit
        usleep(200000);
        if (inner == 0) { for (;;) { pause(); } }
        long now = number("a/memory.current", "");
        kill(inner, SIGKILL);
        waitpid(inner, &status, 0);
        _exit(now > 39 << 20 && now < 64 << 20 ? 0 : 1);
    }
    MUST(waitpid(child, &status, 0));
    is("what is shared counts once", status == 0);
    put("a/memory.max", "max");
}

static void cpu(void)
{
    is("cpu.max", same(put("a/cpu.max", "20000 100000"), "ok") && same(text("a/cpu.max"), "20000 100000|"));
    is("no junk", same(put("a/cpu.max", "1"), "EINVAL") && same(put("a/cpu.max", "max 1"), "EINVAL") && same(put("a/cpu.max", "1 2 3"), "EINVAL"));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        put("a/cgroup.procs", "0");
        for (;;) { }
    }
    sleep(3);
    struct timespec used;
    clockid_t clock;
    MUST(clock_getcpuclockid(child, &clock) == 0 ? 0 : -1);
    MUST(clock_gettime(clock, &used));
    double seconds = used.tv_sec + used.tv_nsec / 1e9;
    is("held to a fifth of a CPU", seconds < 1.5);
    is("counted", number("a/cpu.stat", "nr_throttled ") > 5 && number("a/cpu.stat", "usage_usec ") > 100000);
    is("no limit", same(put("a/cpu.max", "max"), "ok"));
    usleep(100000);
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
}

int main(void)
{
    own_group();
    put("../cgroup.subtree_control", "+pids +memory +cpu");
    MUST(mkdir("a", 0755));
    rules();
    pids();
    memory();
    cpu();
    MUST(rmdir("a"));
    end_group();
    return failed;
}
