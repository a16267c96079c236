// SPDX-License-Identifier: Apache-2.0
// A control group of one's own below the root of version 2, wherever that is mounted, removed again at the end.
#ifndef CGROUP_H
#define CGROUP_H
#include "t.h"
#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>

static char cg_top[256];

// Makes it, and the working directory of it.
__attribute__((unused)) static void own_group(void)
{
    const char *root = access("/sys/fs/cgroup/unified/cgroup.procs", F_OK) == 0 ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
    snprintf(cg_top, sizeof cg_top, "%s/moat-%d", root, getpid());
    MUST(mkdir(cg_top, 0755));
    MUST(chdir(cg_top));
}

__attribute__((unused)) static void end_group(void)
{
    MUST(chdir("/"));
    for (int i = 0; rmdir(cg_top) != 0 && i < 100; i++) { usleep(10000); }
}

__attribute__((unused)) static const char *text(const char *path)
{
    static char all[4096];
    int fd = open(path, O_RDONLY);
    if (fd < 0) { return err_name(errno); }
    ssize_t n = read(fd, all, sizeof all - 1);
    int error = errno;
    close(fd);
    if (n < 0) { return err_name(error); }
    all[n] = 0;
    for (char *p = all; *p; p++) { *p = *p == '\n' ? '|' : *p; }
    return all;
}

__attribute__((unused)) static const char *put(const char *path, const char *what)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0) { return err_name(errno); }
    ssize_t n = write(fd, what, strlen(what));
    int error = errno;
    close(fd);
    return n < 0 ? err_name(error) : n == (ssize_t)strlen(what) ? "ok" : "short";
}

__attribute__((unused)) static const char *put_pid(const char *path, pid_t pid)
{
    char number[16];
    snprintf(number, sizeof number, "%d", pid);
    return put(path, number);
}

// The last component of where a process is, after the group of this test.
__attribute__((unused)) static const char *where(pid_t pid)
{
    static char line[512];
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/cgroup", pid);
    FILE *f = fopen(path, "r");
    if (!f) { return err_name(errno); }
    const char *found = "none";
    while (fgets(line, sizeof line, f)) {
        if (strncmp(line, "0::", 3) == 0) {
            line[strcspn(line, "\n")] = 0;
            char *own = strstr(line, "/moat-");
            found = own ? (strchr(own + 1, '/') ? strchr(own + 1, '/') : "top") : "outside";
            break;
        }
    }
    fclose(f);
    return found;
}

__attribute__((unused)) static pid_t sleeper(void)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { for (;;) { pause(); } }
    return child;
}
#endif
