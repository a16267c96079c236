// SPDX-License-Identifier: Apache-2.0
// Landlock: domains over fork, exec and threads; layers; tracing between domains; mounts, and walks across them.
// @places overlay,layer,volume,tmpfs
#include "landlock.h"
#include <sys/mount.h>
#include <sys/ptrace.h>

static void put(const char *path, const char *text)
{
    int fd = (int)MUST(open(path, O_WRONLY));
    MUST(write(fd, text, strlen(text)));
    MUST(close(fd));
}

// A user namespace and a mount namespace, so that an ordinary user can mount too.
static void own_mounts(void)
{
    char map[32];
    uid_t uid = getuid();
    gid_t gid = getgid();
    MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
    put("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "0 %d 1", uid);
    put("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "0 %d 1", gid);
    put("/proc/self/gid_map", map);
}

static void deny(uint64_t rights) { enter(ruleset_of(rights)); }

static void *in_thread(void *argument)
{
    (void)argument;
    deny(FS(READ_FILE));
    SHOW(try_open("file", O_RDONLY));
    return NULL;
}

static void *as_thread(void *argument)
{
    (void)argument;
    SHOW(try_open("file", O_RDONLY));
    return NULL;
}

static void inheritance(const char *self)
{
    CHILD("fork and exec",
        int rules = ruleset_of(FS(READ_FILE));
        allow(rules, self, FS(READ_FILE));
        enter(rules);
        SHOW(try_open("file", O_RDONLY));
        CHILD("child", SHOW(try_open("file", O_RDONLY)));
        execl(self, self, "executed", NULL));
    CHILD("threads",
        pthread_t t;
        MUST(pthread_create(&t, NULL, in_thread, NULL));
        MUST(pthread_join(t, NULL));
        SHOW(try_open("file", O_RDONLY));
        deny(FS(READ_FILE));
        MUST(pthread_create(&t, NULL, as_thread, NULL));
        MUST(pthread_join(t, NULL)));
    CHILD("layers only restrict",
        int rules = ruleset_of(FS(READ_FILE) | FS(WRITE_FILE));
        allow(rules, ".", FS(READ_FILE));
        enter(rules);
        SHOW(try_open("file", O_RDONLY));
        SHOW(try_open("file", O_WRONLY));
        rules = ruleset_of(FS(READ_FILE) | FS(WRITE_FILE));
        allow(rules, ".", FS(READ_FILE) | FS(WRITE_FILE));
        enter(rules);
        SHOW(try_open("file", O_RDONLY));
        SHOW(try_open("file", O_WRONLY));
        rules = ruleset_of(FS(READ_DIR));
        enter(rules);
        SHOW(try_open("file", O_RDONLY));
        SHOW(try_open(".", O_RDONLY));
        rules = ruleset_of(FS(READ_FILE));
        allow(rules, "dir", FS(READ_FILE));
        enter(rules);
        SHOW(try_open("file", O_RDONLY));
        SHOW(try_open("dir/file", O_RDONLY)));
}

// Parent and child, either in a domain of its own or in one that both have.
static void tracing(int both, int parent, int child)
{
    char what[64];
    snprintf(what, sizeof what, "tracing %d%d%d", both, parent, child);
    CHILD(what,
        if (both) { deny(FS(MAKE_BLOCK)); }
        int ready[2];
        int go[2];
        MUST(pipe(ready));
        MUST(pipe(go));
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            char byte;
            prctl(PR_SET_PTRACER, -1, 0, 0, 0);
            if (child) { deny(FS(MAKE_BLOCK)); }
            MUST(write(ready[1], "x", 1));
            MUST(read(go[0], &byte, 1));
            char path[32];
            char name[512];
            snprintf(path, sizeof path, "/proc/%d/exe", getppid());
            OK(readlink(path, name, sizeof name));
            SHOW(ptrace(PTRACE_TRACEME, 0, 0, 0));
            _exit(3);
        }
        if (parent) { deny(FS(MAKE_BLOCK)); }
        char byte;
        MUST(read(ready[0], &byte, 1));
        char path[32];
        char name[512];
        snprintf(path, sizeof path, "/proc/%d/exe", pid);
        OK(readlink(path, name, sizeof name));
        SHOW(ptrace(PTRACE_SEIZE, pid, 0, 0));
        ptrace(PTRACE_INTERRUPT, pid, 0, 0);
        int status = 0;
        if (waitpid(pid, &status, WUNTRACED | WNOHANG) == 0) { sleep_ms(20); }
        ptrace(PTRACE_DETACH, pid, 0, 0);
        char word[8];
        struct iovec local = { word, 8 };
        struct iovec remote = { word, 8 };
        SHOW(syscall(SYS_process_vm_readv, pid, &local, 1, &remote, 1, 0));
        SHOW(kill(pid, 0));
        MUST(write(go[1], "x", 1));
        while (waitpid(pid, &status, 0) == pid && !WIFEXITED(status) && !WIFSIGNALED(status)) {
            ptrace(PTRACE_CONT, pid, 0, 0);
        }
        say_status("traced", status));
}

static void mounting(void)
{
    CHILD("mounts refused",
        own_mounts();
        MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
        MUST(mount("dir", "other", NULL, MS_BIND, NULL));
        deny(FS(MAKE_BLOCK));
        SHOW(mount("dir", "other", NULL, MS_BIND, NULL));
        SHOW(mount("none", "other", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
        SHOW(mount("none", "/", NULL, MS_PRIVATE, NULL));
        SHOW(mount("none", "none", "tmpfs", 0, NULL));
        SHOW(mount("none", "other", "tmpfs", 0, NULL));
        SHOW(mount("other", "dir", NULL, MS_MOVE, NULL));
        SHOW(umount("other"));
        SHOW(umount2("other", MNT_DETACH));
        SHOW(umount("none"));
        SHOW(syscall(SYS_pivot_root, "other", "other"));
        SHOW(syscall(SYS_pivot_root, "none", "other"));
        SHOW(chroot("dir"));
        SHOW(unshare(CLONE_NEWNS));
        SHOW(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        SHOW(mount("none", "/", "tmpfs", 0, NULL)));
    CHILD("across mounts",
        own_mounts();
        MUST(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
        MUST(mount("dir", "other", NULL, MS_BIND, NULL));
        MUST(mount("none", "dir/deep", "tmpfs", 0, NULL));
        put_file("dir/deep/file", "x", 0644);
        MUST(mkdir("dir/deep/sub", 0755));
        put_file("dir/deep/sub/file", "x", 0644);
        MUST(mkdir("top", 0755));
        MUST(mount("dir/deep/sub", "top", NULL, MS_BIND, NULL));
        int hidden = (int)MUST(open("hidden", O_PATH | O_DIRECTORY));
        MUST(mount("none", "hidden", "tmpfs", 0, NULL));
        put_file("hidden/file", "x", 0644);
        int rules = ruleset_of(FS(READ_FILE) | FS(WRITE_FILE));
        struct landlock_path_beneath_attr below = { FS(READ_FILE), hidden };
        MUST(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &below, 0));
        allow(rules, "dir", FS(READ_FILE));
        allow(rules, "top", FS(WRITE_FILE));
        enter(rules);
        SHOW(try_open("dir/file", O_RDONLY));
        SHOW(try_open("other/file", O_RDONLY));
        SHOW(try_open("dir/deep/file", O_RDONLY));
        SHOW(try_open("dir/deep/sub/file", O_RDWR));
        SHOW(try_open("top/file", O_RDONLY));
        SHOW(try_open("top/file", O_WRONLY));
        SHOW(try_open("hidden/file", O_RDONLY)));
    MUST(rmdir("top"));
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        SHOW(try_open("file", O_RDONLY));
        return 0;
    }
    put_file("file", "x", 0644);
    MUST(mkdir("dir", 0755));
    MUST(mkdir("dir/deep", 0755));
    MUST(mkdir("other", 0755));
    MUST(mkdir("hidden", 0755));
    put_file("dir/file", "x", 0644);
    inheritance(argv[0]);
    for (int i = 0; i < 8; i++) { tracing(i >> 2, i >> 1 & 1, i & 1); }
    mounting();
    return system("rm -rf file dir other hidden");
}
