// SPDX-License-Identifier: Apache-2.0
// /proc of other processes: children running, stopped, dead and gone; threads; what an ordinary user may not
// see.
#include "t.h"
#include <dirent.h>
#include <sys/prctl.h>

static char text[65536];

static int slurp(pid_t pid, const char *file)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
    int fd = open(path, O_RDONLY), n = 0;
    if (fd == -1) {
        say("  %s: %s", file, err_name(errno));
        text[0] = 0;
        return -1;
    }
    for (ssize_t r; n < (int)sizeof text - 1 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;) {
        n += r;
    }
    text[n] = 0;
    close(fd);
    return n;
}

static void line(pid_t pid, const char *key)
{
    slurp(pid, "status");
    char *p = strstr(text, key);
    say("  %.*s", p ? (int)strcspn(p, "\n") : 4, p ? p : "none");
}

static void *thread(void *end)
{
    char c;
    prctl(PR_SET_NAME, "a thread");
    read((int)(long)end, &c, 1);
    return NULL;
}

int main(void)
{
    int p[2], status;
    MUST(pipe(p));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        prctl(PR_SET_NAME, "the child");
        chdir("/usr");
        pthread_t t;
        pthread_create(&t, NULL, thread, (void *)(long)p[0]);
        for (;;) { pause(); }
    }
    sleep_ms(150);
    line(child, "State:");
    line(child, "Name:");
    line(child, "Threads:");
    slurp(child, "status");
    char expected[40];
    snprintf(expected, sizeof expected, "PPid:\t%d\n", getpid());
    say("PPid is ours %d", strstr(text, expected) != NULL);
    char path[64], target[PATH_MAX] = "";
    snprintf(path, sizeof path, "/proc/%d/cwd", child);
    SHOW(readlink(path, target, sizeof target) > 0);
    say("cwd %s", target);
    snprintf(path, sizeof path, "/proc/%d/task", child);
    DIR *dir = opendir(path);
    int tasks = 0;
    while (dir && readdir(dir)) { tasks++; }
    say("tasks %d", tasks - 2);
    int n = slurp(child, "cmdline");
    say("cmdline %d", n > 0);
    snprintf(path, sizeof path, "/proc/%d/fd/%d", child, p[0]);
    memset(target, 0, sizeof target);
    SHOW(readlink(path, target, sizeof target) > 0);
    say("%.5s", target);
    kill(child, SIGSTOP);
    MUST(waitpid(child, &status, WUNTRACED));
    line(child, "State:");
    kill(child, SIGKILL);
    siginfo_t info;
    MUST(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    line(child, "State:");
    n = slurp(child, "cmdline");
    say("dead: cmdline %d", n);
    slurp(child, "stat");
    char state = '?';
    char *end = strrchr(text, ')');
    if (end) { state = end[2]; }
    say("stat %c", state);
    snprintf(path, sizeof path, "/proc/%d/exe", child);
    SHOW(readlink(path, target, sizeof target));
    snprintf(path, sizeof path, "/proc/%d/fd", child);
    SHOW(access(path, F_OK));
    snprintf(path, sizeof path, "/proc/%d/status", child);
    int held = (int)MUST(open(path, O_RDONLY));
    MUST(waitpid(child, &status, 0));
    SHOW(read(held, target, 10));
    SHOW(open(path, O_RDONLY));
    snprintf(path, sizeof path, "/proc/%d", child);
    SHOW(access(path, F_OK));
    dir = opendir("/proc");
    int self = 0, wrong = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (atoi(e->d_name) == getpid()) {
            self++;
            wrong += e->d_type != DT_DIR;
        }
    }
    say("listed once %d, as a directory %d", self, !wrong);
    return 0;
}
