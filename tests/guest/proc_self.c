// SPDX-License-Identifier: Apache-2.0
// /proc/self: the keys of status, the fields of stat, maps sanity, fd links, exe, cwd, root, cmdline,
// environ, limits, task.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <dirent.h>
#include <sys/prctl.h>

static char text[65536];

static int slurp(const char *path)
{
    int fd = open(path, O_RDONLY), n = 0;
    if (fd == -1) {
        say("%s: %s", path, err_name(errno));
        return -1;
    }
    for (ssize_t r; n < (int)sizeof text - 1 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;) {
        n += r;
    }
    text[n] = 0;
    close(fd);
    return n;
}

static int has(const char *line)
{
    for (char *p = text; (p = strstr(p, line)); p++) {
        if (p == text || p[-1] == '\n') { return 1; }
    }
    return 0;
}

static void link_of(const char *path)
{
    char target[PATH_MAX] = "";
    ssize_t n = readlink(path, target, sizeof target - 1);
    say("%s: %s", path, n == -1 ? err_name(errno) : target);
}

int main(int argc, char **argv)
{
    (void)argc;
    prctl(PR_SET_NAME, "proc test");
    slurp("/proc/self/status");
    const char *keys[] = { "Name:\tproc test\n", "Umask:\t", "State:\tR (running)\n", "Tgid:\t", "Pid:\t",
        "PPid:\t", "TracerPid:\t0\n", "Uid:\t", "Gid:\t", "FDSize:\t", "Groups:\t", "VmPeak:\t", "VmSize:\t",
        "VmRSS:\t", "VmData:\t", "VmStk:\t", "VmExe:\t", "VmLib:\t", "Threads:\t1\n", "SigQ:\t",
        "SigPnd:\t0000000000000000\n", "ShdPnd:\t0000000000000000\n", "SigBlk:\t0000000000000000\n",
        "SigIgn:\t", "SigCgt:\t", "CapInh:\t", "CapPrm:\t", "CapEff:\t", "CapBnd:\t", "CapAmb:\t",
        "NoNewPrivs:\t", "Seccomp:\t", "Cpus_allowed:\t", "Cpus_allowed_list:\t",
        "voluntary_ctxt_switches:\t", "nonvoluntary_ctxt_switches:\t" };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!has(keys[i])) { say("status has no %s", keys[i]); }
    }
    char line[100];
    snprintf(line, sizeof line, "Pid:\t%d\n", getpid());
    say("pid %d", has(line));
    snprintf(line, sizeof line, "Uid:\t%d\t%d\t%d\t%d\n", getuid(), geteuid(), getuid(), getuid());
    say("uid %d", has(line));
    int fields = 0, n = slurp("/proc/self/stat");
    for (int i = 0; i < n; i++) { fields += text[i] == ' '; }
    say("stat fields %d, newline at the end %d", fields, n > 0 && text[n - 1] == '\n');
    int pid;
    char state;
    say("stat starts %d",
        sscanf(text, "%d (proc test) %c", &pid, &state) == 2 && pid == getpid() && state == 'R');
    fields = 0;
    n = slurp("/proc/self/statm");
    for (int i = 0; i < n; i++) { fields += text[i] == ' '; }
    say("statm fields %d", fields);
    n = slurp("/proc/self/cmdline");
    say("cmdline %d", n == (int)strlen(argv[0]) + 1 && strcmp(text, argv[0]) == 0);
    n = slurp("/proc/self/environ");
    say("environ %d", n > 0 && text[n - 1] == 0);
    slurp("/proc/self/comm");
    say("comm %s", text);
    char exe[PATH_MAX] = "", cwd[PATH_MAX] = "", real[PATH_MAX] = "";
    readlink("/proc/self/exe", exe, sizeof exe - 1);
    realpath(argv[0], real);
    say("exe %d", strcmp(exe, real) == 0);
    readlink("/proc/self/cwd", cwd, sizeof cwd - 1);
    getcwd(real, sizeof real);
    say("cwd %d", strcmp(cwd, real) == 0);
    link_of("/proc/self/root");
    snprintf(line, sizeof line, "%d", getpid());
    readlink("/proc/self", real, sizeof real);
    say("/proc/self is the pid %d", strncmp(real, line, strlen(line)) == 0);

    slurp("/proc/self/maps");
    say("maps: stack %d vdso %d", strstr(text, "[stack]\n") != NULL, strstr(text, "[vdso]\n") != NULL);
    unsigned long start, end, last = 0;
    char permissions[5];
    int ordered = 1, entries = 0, own = 0;
    for (char *p = text; *p; p = strchr(p, '\n') + 1) {
        if (sscanf(p, "%lx-%lx %4s", &start, &end, permissions) != 3) {
            ordered = 0;
            break;
        }
        if (start >= end) { ordered = 0; }
        if (last > start && start < 0xffffffffff600000) { ordered = 0; }
        last = end;
        entries++;
        if ((unsigned long)main >= start && (unsigned long)main < end) {
            own = permissions[0] == 'r' && permissions[2] == 'x' && permissions[3] == 'p';
        }
        if (!strchr(p, '\n')) { break; }
    }
    say("ordered %d, several %d, code r-xp %d", ordered, entries > 5, own);

    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_APPEND, 0600)), p[2];
    MUST(pipe(p));
    MUST(dup2(fd, 100));
    readlink("/proc/self/fd/100", real, sizeof real);
    strcat(cwd, "/file");
    say("fd link %d", strncmp(real, cwd, strlen(cwd)) == 0);
    MUST(unlink("file"));
    n = (int)readlink("/proc/self/fd/100", real, sizeof real - 1);
    real[n] = 0;
    say("deleted: %s", real + strlen(cwd));
    snprintf(line, sizeof line, "/proc/self/fd/%d", p[0]);
    n = (int)readlink(line, real, sizeof real - 1);
    real[n] = 0;
    say("pipe: %.6s", real);
    link_of("/proc/self/fd/999");
    link_of("/proc/self/fd/x");
    MUST(write(100, "kept", 4));
    int again = (int)MUST(open("/proc/self/fd/100", O_RDONLY));
    say("opened again through the link: %ld", (long)read(again, line, 10));
    DIR *dir = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(dir)) { count++; }
    closedir(dir);
    say("fd directory lists some %d", count > 6);
    slurp("/proc/self/fdinfo/100");
    say("fdinfo pos %d flags %d mnt %d", has("pos:\t4\n"),
        has("flags:\t02102002\n") || has("flags:\t0102002\n"), has("mnt_id:\t"));
    slurp("/proc/self/limits");
    say("limits %d %d",
        has("Limit                     Soft Limit           Hard Limit           Units     \n"),
        has("Max open files"));
    slurp("/proc/self/mounts");
    say("mounts %d", n > 0);
    slurp("/proc/self/mountinfo");
    say("mountinfo has the root %d", strstr(text, " / / ") != NULL);
    snprintf(line, sizeof line, "/proc/self/task/%d/comm", getpid());
    slurp(line);
    say("task comm %s", text);
    slurp("/proc/self/oom_score_adj");
    say("oom_score_adj is a number %d", text[0] == '-' || (text[0] >= '0' && text[0] <= '9'));
    slurp("/proc/thread-self/comm");
    say("thread-self %s", text);
    slurp("/proc/self/nonexistent");
    slurp("/proc/999999/status");
    say("%s", open("/proc/self/status", O_WRONLY) == -1 ? err_name(errno) : "writable");
    say("%s", mkdir("/proc/x", 0700) == -1 ? err_name(errno) : "made");
    say("%s", unlink("/proc/self/comm") == -1 ? "kept" : "removed");
    return 0;
}
