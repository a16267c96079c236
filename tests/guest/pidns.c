// SPDX-License-Identifier: Apache-2.0
// pid_namespaces(7): numbers, the first process's rules, signals and waiting across namespaces; setns(2).
#include "t.h"
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <linux/nsfs.h>

static volatile sig_atomic_t from = -2, user_from = -2, code;

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    from = info->si_pid;
    user_from = info->si_signo == SIGUSR1 ? info->si_pid : user_from;
    code = info->si_code;
}

static void handle(int number)
{
    struct sigaction action = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    MUST(sigaction(number, &action, NULL));
}

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    ssize_t n = fd < 0 ? -1 : write(fd, text, strlen(text));
    close(fd);
    return n < 0 ? -1 : 0;
}

static void enter(int flags)
{
    char line[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    MUST(unshare(CLONE_NEWUSER | flags));
    snprintf(line, sizeof line, "0 %d 1", uid);
    MUST(put("/proc/self/uid_map", line));
    MUST(put("/proc/self/setgroups", "deny"));
    snprintf(line, sizeof line, "0 %d 1", gid);
    MUST(put("/proc/self/gid_map", line));
}

static void show_status(const char *path)
{
    char line[256];
    FILE *file = fopen(path, "re");
    if (!file) { say("%s: %s", path, err_name(errno)); return; }
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "NS", 2) == 0 || strncmp(line, "Pid", 3) == 0 || strncmp(line, "PPid", 4) == 0) {
            line[strcspn(line, "\n")] = 0;
            say("  %s", line);
        }
    }
    fclose(file);
}

static unsigned long inode(const char *name)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    return stat(path, &st) == 0 ? st.st_ino : 0;
}

static void first(void)
{
    say("pid %d ppid %d tid %ld pgid %d sid %d", getpid(), getppid(), syscall(SYS_gettid), getpgid(0), getsid(0));
    say("self there: %d", access("/proc/self", F_OK) == 0);
    SHOW(kill(1, 0));
    SHOW(kill(2, 0));
    SHOW(kill(-1, 0));
    SHOW(getpgid(1));
    SHOW(setpgid(0, 0));
    SHOW(setsid());
    say("pgid %d sid %d", getpgid(0), getsid(0));
    // Without a handler nothing reaches it from inside.
    SHOW(kill(getpid(), SIGTERM));
    SHOW(raise(SIGKILL));
    SHOW(kill(1, SIGSTOP));
    sigset_t set, pending;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR2);
    MUST(sigprocmask(SIG_BLOCK, &set, NULL));
    MUST(raise(SIGUSR2));
    MUST(sigpending(&pending));
    say("pending while blocked: %d", sigismember(&pending, SIGUSR2));
    MUST(sigprocmask(SIG_UNBLOCK, &set, NULL));
    handle(SIGUSR1);
    handle(SIGCHLD);
    pid_t pid = fork();
    if (pid == 0) {
        say("child pid %d ppid %d pgid %d", getpid(), getppid(), getpgid(0));
        MUST(kill(1, SIGUSR1));
        // Orphans come to the first process, not to those above.
        if (fork() == 0) {
            while (getppid() != 1) { usleep(1000); }
            _exit(5);
        }
        _exit(4);
    }
    int status;
    siginfo_t info;
    while (user_from != 2) { usleep(1000); }
    MUST(TEMP_FAILURE_RETRY(waitid(P_PID, pid, &info, WEXITED)));
    say("forked %d", pid);
    say("waitid: %d %d", info.si_pid, info.si_status);
    int got;
    while ((got = waitpid(-1, &status, 0)) == -1 && errno == EINTR) { }
    say("orphan %d exited %d", got, WEXITSTATUS(status));
    SHOW(waitpid(-1, &status, 0));
    SHOW(waitpid(77, &status, 0));
    SHOW(kill(77, 0));
    SHOW(syscall(SYS_pidfd_open, 2, 0));
    int fd = MUST(syscall(SYS_pidfd_open, 1, 0));
    SHOW(syscall(SYS_pidfd_send_signal, fd, 0, NULL, 0));
    SHOW(syscall(SYS_sched_getscheduler, 1));
    SHOW(fcntl(fd, F_SETOWN, 1));
    SHOW(fcntl(fd, F_SETOWN, 99));
    SHOW(prctl(PR_SET_CHILD_SUBREAPER, 1));
    SHOW(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
    char link[32] = "";
    MUST(readlink("/proc/self", link, sizeof link - 1));
    say("self -> %s", link);
    show_status("/proc/self/status");
    say("2 there: %d", access("/proc/2", F_OK) == 0);
    // Deeper.
    pid = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        say("deeper: pid %d ppid %d", getpid(), getppid());
        show_status("/proc/4/status");
        show_status("/proc/self/status");
        _exit(0);
    }
    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) { }
    say("deeper is %d here", pid);
    say("SIGCHLD from %d", from);
}

static void from_above(void)
{
    enter(CLONE_NEWPID);
    int ready[2];
    MUST(pipe(ready));
    char byte;
    pid_t pid = fork();
    if (pid == 0) {
        handle(SIGUSR1);
        if (fork() == 0) { pause(); }
        MUST(write(ready[1], "", 1));
        while (from == -2) { usleep(1000); }
        say("from above: %d code %d", (int)from, (int)code);
        MUST(write(ready[1], "", 1));
        for (;;) { pause(); }
    }
    MUST(read(ready[0], &byte, 1));
    MUST(kill(pid, SIGTERM));
    MUST(kill(pid, SIGUSR1));
    MUST(read(ready[0], &byte, 1));
    MUST(kill(pid, SIGKILL));
    int status;
    MUST(waitpid(pid, &status, 0));
    say("ended by %d", WTERMSIG(status));
    // Its namespace is dead.
    SHOW(fork());
    SHOW(unshare(CLONE_NEWPID));
}

static void rules(void)
{
    SHOW(syscall(SYS_clone, CLONE_NEWPID | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, 0));
    enter(0);
    unsigned long before = inode("pid"), children = inode("pid_for_children");
    say("same: %d", before == children);
    MUST(unshare(CLONE_NEWPID));
    say("own unchanged: %d, children's not there yet: %d", inode("pid") == before, inode("pid_for_children") == 0);
    SHOW(unshare(CLONE_NEWPID));
    SHOW(syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
    SHOW(syscall(SYS_clone, CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, 0));
    pid_t pid = fork();
    if (pid == 0) {
        SHOW(syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0));
        // A fault of its own ends it.
        struct rlimit none = {0, 0};
        MUST(setrlimit(RLIMIT_CORE, &none));
        prctl(PR_SET_DUMPABLE, 0);
        *(volatile int *)BAD = 1;
        _exit(0);
    }
    int status;
    MUST(waitpid(pid, &status, 0));
    say("died of %d", WIFSIGNALED(status) ? WTERMSIG(status) : -1);
}

static void joining(void)
{
    enter(CLONE_NEWUTS | CLONE_NEWIPC);
    MUST(sethostname("inside", 6));
    int ready[2], end[2];
    MUST(pipe(ready));
    MUST(pipe(end));
    char byte, path[64], name[64] = "";
    pid_t pid = fork();
    if (pid == 0) {
        MUST(unshare(CLONE_NEWUTS | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET));
        MUST(sethostname("other", 5));
        MUST(mount("x", "/mnt", "tmpfs", 0, NULL));
        MUST(mkdir("/mnt/mark", 0755));
        if (fork() == 0) {
            MUST(write(ready[1], "", 1));
            read(end[0], &byte, 1);
            _exit(0);
        }
        wait(NULL);
        _exit(0);
    }
    MUST(read(ready[0], &byte, 1));
    snprintf(path, sizeof path, "/proc/%d/ns/uts", pid);
    int uts = MUST(open(path, O_RDONLY | O_CLOEXEC));
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
    int mnt = MUST(open(path, O_RDONLY | O_CLOEXEC));
    snprintf(path, sizeof path, "/proc/%d/ns/pid_for_children", pid);
    int pids = MUST(open(path, O_RDONLY | O_CLOEXEC));
    int user = MUST(open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
    int own = MUST(open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC));
    SHOW(open("/proc/self/ns/uts", O_RDWR));
    SHOW(ioctl(uts, NS_GET_NSTYPE) == CLONE_NEWUTS);
    SHOW(ioctl(mnt, NS_GET_NSTYPE) == CLONE_NEWNS);
    SHOW(ioctl(uts, NS_GET_PARENT));
    int owner = ioctl(uts, NS_GET_USERNS) >= 0;
    say("owner found %d", owner);
    SHOW(ioctl(user, NS_GET_PARENT));
    uid_t uid = 1;
    SHOW(ioctl(user, NS_GET_OWNER_UID, &uid));
    say("owner %d", uid);
    SHOW(ioctl(uts, NS_GET_OWNER_UID, &uid));
    SHOW(ioctl(uts, 0xb7ff));
    SHOW(setns(-1, 0));
    SHOW(setns(ready[0], 0));
    SHOW(setns(uts, CLONE_NEWNS));
    SHOW(setns(uts, 1));
    SHOW(setns(user, 0));
    SHOW(setns(uts, CLONE_NEWUTS));
    MUST(gethostname(name, sizeof name));
    say("name %s", name);
    SHOW(setns(pids, 0));
    SHOW(setns(own, 0));
    SHOW(setns(pids, CLONE_NEWPID));
    pid_t child = fork();
    if (child == 0) { say("joined as %d, parent %d", getpid(), getppid()); _exit(0); }
    waitpid(child, NULL, 0);
    SHOW(setns(mnt, 0));
    say("mark %d", access("/mnt/mark", F_OK));
    int fd = MUST(syscall(SYS_pidfd_open, pid, 0));
    SHOW(setns(fd, 0));
    SHOW(setns(fd, 1));
    SHOW(setns(fd, CLONE_NEWUSER));
    SHOW(setns(fd, CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWCGROUP | CLONE_NEWIPC));
    MUST(write(end[1], "", 1));
    waitpid(pid, NULL, 0);
    SHOW(fork());
    SHOW(setns(fd, CLONE_NEWUTS));
}

static void credentials(void)
{
    int pair[2], one = 1;
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    MUST(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    pid_t pid = fork();
    if (pid == 0) {
        enter(CLONE_NEWPID);
        pid_t below = fork();
        if (below == 0) {
            struct ucred peer;
            socklen_t size = sizeof peer;
            MUST(getsockopt(pair[1], SOL_SOCKET, SO_PEERCRED, &peer, &size));
            say("peer seen from below: %d", peer.pid);
            MUST(send(pair[1], "x", 1, 0));
            _exit(0);
        }
        waitpid(below, NULL, 0);
        _exit(below & 0x7f);
    }
    int status;
    waitpid(pid, &status, 0);
    char byte, buffer[128];
    struct iovec io = {&byte, 1};
    struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = buffer,
        .msg_controllen = sizeof buffer};
    MUST(recvmsg(pair[0], &message, 0));
    struct ucred got;
    memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
    say("sender as above sees it: %d", (got.pid & 0x7f) == WEXITSTATUS(status));
}

int main(void)
{
    CHILD("first", {
        enter(CLONE_NEWPID | CLONE_NEWNS);
        pid_t pid = fork();
        if (pid == 0) { first(); _exit(3); }
        int status;
        waitpid(pid, &status, 0);
        say("first %d", WEXITSTATUS(status));
    });
    CHILD("above", { from_above(); });
    CHILD("rules", { rules(); });
    CHILD("joining", { joining(); });
    credentials();
    return 0;
}
