// SPDX-License-Identifier: Apache-2.0
// user_namespaces(7): maps and their rules, ids at the edges, capabilities inside and outside.
#include "t.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/sysmacros.h>
#include <sys/mount.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0) { return -1; }
    ssize_t n = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return n < 0 ? -1 : 0;
}

static void show_file(const char *path)
{
    char text[512];
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    close(fd);
    if (n < 0) { say("%s: %s", path, err_name(errno)); return; }
    text[n] = 0;
    while (n > 0 && text[n - 1] == '\n') { text[--n] = 0; }
    say("%s: %s", path, text);
}

static void show_ids(const char *when)
{
    uid_t r, e, s;
    gid_t gr, ge, gs;
    MUST(getresuid(&r, &e, &s));
    MUST(getresgid(&gr, &ge, &gs));
    say("%s: %d %d %d, %d %d %d, groups %s", when, r, e, s, gr, ge, gs, getgroups(0, NULL) >= 0 ? "ok" : "?");
}

static void show_caps(const char *when)
{
    struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct data[2];
    MUST(syscall(SYS_capget, &head, data));
    unsigned long long effective = data[0].effective | (unsigned long long)data[1].effective << 32;
    unsigned long long inheritable = data[0].inheritable | (unsigned long long)data[1].inheritable << 32;
    say("%s: all %d none %d inheritable %llx bounding %d", when, effective == (1ULL << 41) - 1, effective == 0,
        inheritable, prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN));
}

static void map_self(uid_t uid, gid_t gid)
{
    char line[64];
    snprintf(line, sizeof line, "0 %d 1\n", uid);
    SHOW(put("/proc/self/uid_map", line));
    snprintf(line, sizeof line, "0 %d 1", gid);
    show_value("gid_map before deny", put("/proc/self/gid_map", line), 0);
    SHOW(put("/proc/self/setgroups", "deny"));
    show_value("gid_map after deny", put("/proc/self/gid_map", line), 0);
    SHOW(put("/proc/self/setgroups", "allow"));
    show_value("again", put("/proc/self/uid_map", "0 0 1\n"), 0);
}

static void unmapped(void)
{
    MUST(unshare(CLONE_NEWUSER));
    show_ids("unmapped");
    show_caps("unmapped");
    show_file("/proc/self/uid_map");
    show_file("/proc/self/setgroups");
    SHOW(setuid(0));
    SHOW(setuid(65534));
    SHOW(setgid(5));
    SHOW(setresuid(-1, 7, -1));
    SHOW(setfsuid(7));
    gid_t group = 3;
    SHOW(setgroups(1, &group));
    struct stat st;
    MUST(stat("/etc/passwd", &st));
    say("owner %d %d", st.st_uid, st.st_gid);
    SHOW(put("/proc/self/uid_map", "0 0\n"));
    SHOW(put("/proc/self/uid_map", "0 0 0\n"));
    SHOW(put("/proc/self/uid_map", "0 0 1 x\n"));
    SHOW(put("/proc/self/uid_map", "x 0 1\n"));
    SHOW(put("/proc/self/uid_map", "4294967295 0 1\n"));
    SHOW(put("/proc/self/uid_map", "0 4294967295 1\n"));
    SHOW(put("/proc/self/uid_map", "10 1 4294967290\n"));
    SHOW(put("/proc/self/uid_map", "0 0 10\n5 20 10\n"));
    SHOW(put("/proc/self/uid_map", "0 0 10\n20 5 10\n"));
    SHOW(put("/proc/self/setgroups", "never"));
    SHOW(put("/proc/self/setgroups", "deny and more"));
    SHOW(put("/proc/self/setgroups", "deny \n"));
    show_file("/proc/self/setgroups");
}

static void mapped(uid_t uid, gid_t gid, const char *own)
{
    MUST(unshare(CLONE_NEWUSER));
    map_self(uid, gid);
    show_ids("mapped");
    show_caps("mapped");
    struct stat st;
    MUST(stat("/proc/self", &st));
    say("/proc/self %d %d", st.st_uid, st.st_gid);
    MUST(stat(own, &st));
    say("own file %d %d", st.st_uid, st.st_gid);
    SHOW(chown(own, 0, 0));
    SHOW(chown(own, 1, -1));
    SHOW(chown(own, -1, 65534));
    SHOW(chown("/etc/passwd", 0, 0));
    SHOW(setuid(0));
    SHOW(setuid(1));
    SHOW(setgid(0));
    SHOW(setgid(1));
    SHOW(setgroups(0, NULL));
    SHOW(sethostname("x", 1));
    SHOW(mount("none", "/", NULL, MS_PRIVATE | MS_REC, NULL));
    SHOW(mount("t", "/mnt", "tmpfs", 0, NULL));
    SHOW(mknod("/dev/shm/none", S_IFCHR | 0600, makedev(1, 3)));
    SHOW(setpriority(PRIO_PROCESS, 0, -5));
    struct rlimit limit = {0, 0};
    SHOW(getrlimit(RLIMIT_CORE, &limit));
    char *argv[] = {"sh", "-c", "grep -E '^(Uid|Gid|CapEff)' /proc/self/status; cat /proc/self/uid_map", NULL};
    pid_t pid = fork();
    if (pid == 0) { execv("/bin/sh", argv); _exit(97); }
    waitpid(pid, NULL, 0);
    // A namespace below: what is above of it is seen by its parent's ids.
    MUST(unshare(CLONE_NEWUSER));
    show_ids("nested, unmapped");
    SHOW(put("/proc/self/uid_map", "1000 0 1\n"));
    SHOW(put("/proc/self/setgroups", "allow"));
    show_file("/proc/self/setgroups");
    SHOW(put("/proc/self/gid_map", "1001 0 1\n"));
    show_ids("nested");
    show_file("/proc/self/uid_map");
    show_caps("nested");
}

static void peers(void)
{
    int pair[2];
    MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair));
    int one = 1;
    MUST(setsockopt(pair[0], SOL_SOCKET, SO_PASSCRED, &one, sizeof one));
    pid_t pid = fork();
    if (pid == 0) {
        char line[64];
        uid_t uid = geteuid();
        MUST(unshare(CLONE_NEWUSER));
        snprintf(line, sizeof line, "5 %d 1", uid);
        MUST(put("/proc/self/uid_map", line));
        struct ucred cred = {getpid(), 5, getgid()};
        union { char buf[CMSG_SPACE(sizeof cred)]; struct cmsghdr align; } control = {0};
        struct iovec io = {"x", 1};
        struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control.buf,
            .msg_controllen = sizeof control.buf};
        struct cmsghdr *c = CMSG_FIRSTHDR(&message);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_CREDENTIALS;
        c->cmsg_len = CMSG_LEN(sizeof cred);
        memcpy(CMSG_DATA(c), &cred, sizeof cred);
        // Its group is not mapped: no such id can be named.
        SHOW(sendmsg(pair[1], &message, 0));
        MUST(put("/proc/self/setgroups", "deny"));
        snprintf(line, sizeof line, "6 %d 1", getegid() == 65534 ? (int)strtol(getenv("OWN_GID"), NULL, 10) : 0);
        MUST(put("/proc/self/gid_map", line));
        cred.gid = 6;
        memcpy(CMSG_DATA(c), &cred, sizeof cred);
        SHOW(sendmsg(pair[1], &message, 0));
        struct ucred peer;
        socklen_t size = sizeof peer;
        MUST(getsockopt(pair[1], SOL_SOCKET, SO_PEERCRED, &peer, &size));
        say("peer as seen inside: %d %d", peer.uid, peer.gid);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    char byte, buffer[128];
    struct iovec io = {&byte, 1};
    struct msghdr message = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = buffer,
        .msg_controllen = sizeof buffer};
    if (SHOW(recvmsg(pair[0], &message, MSG_DONTWAIT)) > 0) {
        struct ucred got;
        memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof got);
        say("received: %d %d %d", got.pid == pid, got.uid == geteuid(), got.gid == getegid());
    }
}

static void from_parent(void)
{
    int ready[2], go[2];
    MUST(pipe(ready));
    MUST(pipe(go));
    pid_t pid = fork();
    char path[64], line[64], byte = 0;
    if (pid == 0) {
        MUST(unshare(CLONE_NEWUSER));
        write(ready[1], "", 1);
        read(go[0], &byte, 1);
        show_ids("mapped by the parent");
        // It may not look into its parent, nor signal what it does not own.
        say("kill parent: %s", kill(getppid(), 0) == 0 ? "ok" : err_name(errno));
        snprintf(path, sizeof path, "/proc/%d/environ", getppid());
        say("environ of the parent: %s", open(path, O_RDONLY) >= 0 ? "ok" : err_name(errno));
        snprintf(path, sizeof path, "/proc/%d/uid_map", getppid());
        show_value("parent's map", put(path, "0 0 1\n"), 0);
        write(ready[1], "", 1);
        _exit(0);
    }
    read(ready[0], &byte, 1);
    snprintf(path, sizeof path, "/proc/%d/uid_map", pid);
    snprintf(line, sizeof line, "7 %d 1\n", geteuid());
    show_value("uid_map", put(path, line), 0);
    show_file(path + 0 * strlen("x") == path ? "/proc/self/uid_map" : path);
    snprintf(path, sizeof path, "/proc/%d/setgroups", pid);
    show_value("setgroups", put(path, "deny"), 0);
    snprintf(path, sizeof path, "/proc/%d/gid_map", pid);
    snprintf(line, sizeof line, "8 %d 1\n", getegid());
    show_value("gid_map", put(path, line), 0);
    write(go[1], "", 1);
    read(ready[0], &byte, 1);
    waitpid(pid, NULL, 0);
}

// A program that its caller cannot read cannot be looked into while it runs.
static void unreadable(void)
{
    char copy[] = "/tmp/userns.XXXXXX", buffer[65536];
    int from = MUST(open("/proc/self/exe", O_RDONLY)), to = MUST(mkstemp(copy));
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0) { MUST(write(to, buffer, n)); }
    MUST(fchmod(to, 0111));
    close(to);
    close(from);
    pid_t pid = fork();
    if (pid == 0) { execl(copy, copy, "x", (char *)NULL); _exit(97); }
    waitpid(pid, NULL, 0);
    unlink(copy);
}

int main(int count, char **arguments)
{
    (void)arguments;
    if (count > 1) {
        say("dumpable %d", prctl(PR_GET_DUMPABLE));
        return 0;
    }
    unreadable();
    char own[] = "/dev/shm/userns.XXXXXX", gid[16];
    snprintf(gid, sizeof gid, "%d", getegid());
    setenv("OWN_GID", gid, 1);
    close(MUST(mkstemp(own)));
    uid_t uid = geteuid();
    gid_t group = getegid();
    SHOW(syscall(SYS_clone, CLONE_NEWUSER | CLONE_FS | SIGCHLD, 0, 0, 0, 0));
    SHOW(syscall(SYS_clone, CLONE_NEWUSER | CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, 0, 0, 0, 0));
    CHILD("unmapped", { unmapped(); });
    CHILD("mapped", { mapped(uid, group, own); });
    CHILD("depth", {
        int depth = 0;
        while (depth < 64 && unshare(CLONE_NEWUSER) == 0) {
            char line[32];
            snprintf(line, sizeof line, "0 %d 1", depth == 0 ? (int)uid : 0);
            put("/proc/self/uid_map", line);
            put("/proc/self/setgroups", "deny");
            snprintf(line, sizeof line, "0 %d 1", depth == 0 ? (int)group : 0);
            put("/proc/self/gid_map", line);
            depth++;
        }
        say("deep enough: %d, then %s", depth >= 25, err_name(errno));
    });
    peers();
    from_parent();
    unlink(own);
    show_ids("outside");
    return 0;
}
