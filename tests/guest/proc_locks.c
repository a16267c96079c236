// SPDX-License-Identifier: Apache-2.0
// /proc/locks and the lock lines of /proc/PID/fdinfo (proc_locks(5)): record locks, locks of open files, flock, leases, who
// waits behind whom, and what another PID namespace shows. On a tmpfs.
// @places overlay,volume,tmpfs
#include "own_tmpfs.h"
#include <sys/file.h>
#include <sys/sysmacros.h>

static pid_t known[16];
static int count_known;

static int compare(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

// A line without numbers that differ from run to run; null for locks of other files.
static char *plain(char *line)
{
    static char made[64][256];
    static int next;
    struct stat st;
    char *text = made[next++ % 64], what[64], id[32];
    int spaces = 0, n = 0;
    long pid;
    unsigned major, minor;
    unsigned long inode;
    char range[64];
    char *rest = strchr(line, ':');
    MUST(stat("f", &st));
    if (!rest) { return NULL; }
    snprintf(id, sizeof id, "%.*s", (int)(rest - line), line);
    rest += 2;
    while (rest[spaces] == ' ') { spaces++; }
    rest += spaces;
    char *arrow = strncmp(rest, "-> ", 3) == 0 ? "-> " : "";
    rest += strlen(arrow);
    if (sscanf(rest, "%63[A-Z *] %ld %x:%x:%lu %63[^\n]", what, &pid, &major, &minor, &inode, range) == 6) {
        if (inode != st.st_ino || makedev(major, minor) != st.st_dev) { return NULL; }
        n = 1;
    } else if (sscanf(rest, "%63[A-Z *] %ld <none>:0 %63[^\n]", what, &pid, range) != 3) {
        return NULL;
    }
    if (pid > 0) {
        int who = 0;
        while (who < count_known && known[who] != pid) { who++; }
        if (who == count_known) { known[count_known++] = (pid_t)pid; }
        pid = 1000 + who;
    }
    snprintf(text, 256, "%.*s%s%s[%ld] %s %s", spaces, "                ", arrow, what, pid, n ? "f" : "none", range);
    return text;
}

enum { MOST = 64, READINGS = 8 };

static char *groups[MOST];
static int count_groups;

static void keep(const char *group)
{
    for (int i = 0; i < count_groups; i++) {
        if (strcmp(groups[i], group) == 0) { return; }
    }
    if (group[0] && count_groups < MOST) { groups[count_groups++] = strdup(group); }
}

static void read_once(void)
{
    static char buffer[1 << 16];
    int fd = (int)MUST(open("/proc/locks", O_RDONLY));
    ssize_t size = 0, got;
    while ((got = read(fd, buffer + size, sizeof buffer - 1 - size)) > 0) { size += got; }
    close(fd);
    buffer[size] = 0;
    // Who waits comes after what it waits for.
    char group[2048] = "", *text;
    for (char *line = strtok(buffer, "\n"); line; line = strtok(NULL, "\n")) {
        int waits = strstr(line, "-> ") != NULL;
        if (waits && group[0] && (text = plain(line))) {
            snprintf(group + strlen(group), sizeof group - strlen(group), "\n%s", text);
        } else if (!waits) {
            keep(group);
            text = plain(line);
            snprintf(group, sizeof group, "%s", text ? text : "");
        }
    }
    keep(group);
}

// While other programs of a machine lock and unlock, a reading may miss some: several miss none.
static void show(const char *what)
{
    count_groups = 0;
    say("-- %s", what);
    for (int i = 0; i < READINGS; i++) { read_once(); }
    qsort(groups, count_groups, sizeof *groups, compare);
    for (int i = 0; i < count_groups; i++) { say("%s", groups[i]); free(groups[i]); }
}

static void show_fd(const char *what, int fd)
{
    char path[64], buffer[8192];
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    int info = (int)MUST(open(path, O_RDONLY));
    ssize_t n = MUST(read(info, buffer, sizeof buffer - 1));
    buffer[n] = 0;
    close(info);
    say("-- fdinfo: %s", what);
    for (char *line = strtok(buffer, "\n"); line; line = strtok(NULL, "\n")) {
        if (strncmp(line, "lock:\t", 6) == 0) { say("%.2s %s", line + 6, plain(line + 6)); }
    }
}

static void set(int fd, int command, int type, long start, long length)
{
    struct flock lock = {.l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = length};
    MUST(fcntl(fd, command, &lock));
}

static pid_t waiter(void (*wait)(int), int argument)
{
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) { wait(argument); pause(); _exit(0); }
    sleep_ms(60);
    return pid;
}

static void finish(pid_t pid)
{
    MUST(kill(pid, SIGKILL));
    MUST(waitpid(pid, NULL, 0));
}

static void wants_start(int fd) { set(fd, F_SETLKW, F_WRLCK, 0, 5); }
static void wants_rest(int fd) { set(fd, F_SETLKW, F_RDLCK, 6, 0); }
static void wants_flock(int how) { int fd = open("f", O_RDWR); MUST(flock(fd, how)); }
static void wants_ofd(int start) { int fd = open("f", O_RDWR); set(fd, F_OFD_SETLKW, F_WRLCK, start, 0); }
static void wants_open(int flags) { MUST(open("f", flags)); }

static void elsewhere(void)
{
    if (unshare(CLONE_NEWPID) != 0) { say("no namespace"); return; }
    pid_t pid = (pid_t)MUST(fork());
    if (pid == 0) {
        count_known = 0;
        MUST(unshare(CLONE_NEWNS));
        MUST(mount("proc", "/proc", "proc", 0, NULL));
        show("another PID namespace");
        int fd = (int)MUST(open("f", O_RDWR));
        set(fd, F_SETLK, F_WRLCK, 30, 1);
        show("its own");
        _exit(0);
    }
    int status;
    MUST(waitpid(pid, &status, 0));
    say_status("namespace", status);
}

int main(void)
{
    own_tmpfs();
    alarm(60);
    int fd = (int)MUST(open("f", O_RDWR | O_CREAT, 0600)), other = (int)MUST(open("f", O_RDWR));
    known[count_known++] = getpid();
    show("none");
    set(fd, F_SETLK, F_WRLCK, 0, 10);
    set(fd, F_SETLK, F_RDLCK, 20, 10);
    show("record locks");
    set(fd, F_SETLK, F_WRLCK, 10, 5);
    set(other, F_SETLK, F_RDLCK, 40, 5);
    set(fd, F_SETLK, F_UNLCK, 22, 2);
    show("merged and split");
    show_fd("the first", fd);
    show_fd("the other", other);
    set(fd, F_SETLK, F_UNLCK, 10, 5);
    pid_t waiters[4];
    for (int i = 0; i < 4; i++) { waiters[i] = waiter(i < 3 ? wants_start : wants_rest, fd); }
    show("who waits");
    for (int i = 0; i < 4; i++) { finish(waiters[i]); }
    show("nobody waits");
    set(fd, F_OFD_SETLK, F_WRLCK, 50, 0);
    MUST(flock(fd, LOCK_SH));
    show("of open files");
    show_fd("the first", fd);
    waiters[0] = waiter(wants_flock, LOCK_EX);
    waiters[1] = waiter(wants_ofd, 60);
    show("who waits");
    finish(waiters[0]);
    finish(waiters[1]);
    CHILD("outer", elsewhere());
    close(other);
    close(fd);
    show("closed");
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    MUST(sigaction(SIGIO, &ignore, NULL));
    fd = (int)MUST(open("f", O_RDONLY));
    MUST(fcntl(fd, F_SETLEASE, F_WRLCK));
    show("lease");
    show_fd("lease", fd);
    waiters[0] = waiter(wants_open, O_RDONLY);
    show("a reader waits");
    finish(waiters[0]);
    waiters[0] = waiter(wants_open, O_WRONLY);
    show("a writer waits");
    finish(waiters[0]);
    close(fd);
    show("closed");
    return 0;
}
