// SPDX-License-Identifier: Apache-2.0
// mount_namespaces(7), mount(2), umount2(2), pivot_root(2) in a user namespace of one's own.
#include "mount_ns.h"
#include <dirent.h>

// Options and propagation of the mount at a path below top, or "none".
static void show_options(const char *name)
{
    char want[256], line[4096];
    snprintf(want, sizeof want, "%s/%s", top, name);
    FILE *file = fopen("/proc/self/mountinfo", "re");
    int count = 0;
    char options[256] = "", tags[256] = "";
    while (file && fgets(line, sizeof line, file)) {
        char root[256], place[256], rest[512], opts[256];
        if (sscanf(line, "%*d %*d %*s %255s %255s %255s %511[^\n]", root, place, opts, rest) != 4
            || strcmp(place, want) != 0) { continue; }
        count++;
        snprintf(options, sizeof options, "%s", opts);
        tags[0] = 0;
        for (char *word = strtok(rest, " "); word && strcmp(word, "-") != 0; word = strtok(NULL, " ")) {
            char *colon = strchr(word, ':');
            if (colon) { *colon = 0; }
            strcat(strcat(tags, " "), word);
        }
    }
    if (file) { fclose(file); }
    say("%s: %d [%s]%s", name, count, count ? options : "", tags);
}

static void exists(const char *name)
{
    say("%s %s", name, access(at(name), F_OK) == 0 ? "is there" : err_name(errno));
}

static void touch(const char *path) { close(open(path, O_CREAT | O_WRONLY, 0644)); }

static void simple(void)
{
    enter();
    SHOW(mount("one", at("a"), "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=700"));
    show_options("a");
    touch(at("a/file"));
    struct stat st;
    MUST(stat(at("a/file"), &st));
    say("owner %d %d", st.st_uid, st.st_gid);
    SHOW(mount("one", at("b"), "tmpfs", 0, "uid=5"));
    SHOW(mount("one", at("b"), "tmpfs", 0, "uid=0,gid=0"));
    SHOW(mount("none", at("none"), "tmpfs", 0, NULL));
    SHOW(mount("none", at("file"), "tmpfs", 0, NULL));
    SHOW(mount("none", at("a"), "nosuchfs", 0, NULL));
    SHOW(mount("none", at("a"), NULL, 0, NULL));
    // Not without a PID namespace, a network and queues of one's own.
    SHOW(mount("proc", at("c"), "proc", 0, NULL));
    SHOW(mount("sysfs", at("c"), "sysfs", 0, NULL));
    SHOW(mount("mqueue", at("c"), "mqueue", 0, NULL));
    SHOW(mount("devpts", at("c"), "devpts", 0, "newinstance,ptmxmode=0666,mode=620"));
    SHOW(umount2(at("c"), 0));
    SHOW(mount(at("a"), at("c"), NULL, MS_BIND, NULL));
    exists("c/file");
    SHOW(mount(NULL, at("c"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    show_options("c");
    SHOW(open(at("c/new"), O_CREAT | O_WRONLY, 0600));
    SHOW(mount(NULL, at("c"), NULL, MS_REMOUNT | MS_BIND, NULL));
    show_options("c");
    SHOW(mount(NULL, at("c/file"), NULL, MS_REMOUNT | MS_BIND, NULL));
    SHOW(mount(at("a/file"), at("d"), NULL, MS_BIND, NULL));
    SHOW(mount(at("a/file"), at("file"), NULL, MS_BIND, NULL));
    SHOW(mount(at("nothing"), at("d"), NULL, MS_BIND, NULL));
    SHOW(umount2(at("file"), 0));
    SHOW(umount2(at("file"), 0));
    SHOW(umount2(at("d"), 64));
    SHOW(umount2(at("c"), MNT_EXPIRE | MNT_DETACH));
    SHOW(umount2(at("c"), MNT_EXPIRE));
    SHOW(umount2(at("c"), MNT_EXPIRE));
    exists("c/file");
    // In use: a directory, a file, a mount.
    int fd = MUST(open(at("a/file"), O_RDONLY));
    SHOW(umount2(at("a"), 0));
    close(fd);
    MUST(chdir(at("a")));
    SHOW(umount2(at("a"), 0));
    MUST(chdir("/"));
    MUST(mkdir(at("a/sub"), 0755));
    MUST(mount("two", at("a/sub"), "tmpfs", 0, NULL));
    SHOW(umount2(at("a"), 0));
    SHOW(umount2(at("a"), MNT_DETACH));
    exists("a/file");
    MUST(symlink("b", at("link")));
    SHOW(umount2(at("link"), UMOUNT_NOFOLLOW));
    SHOW(umount2(at("link"), 0));
    unlink(at("link"));
}

static void locked(void)
{
    // What came from above stays as restricted as it was, and where it is.
    enter();
    SHOW(mount(NULL, at("ro"), NULL, MS_REMOUNT | MS_BIND, NULL));
    SHOW(mount(NULL, at("ro"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(mount(NULL, at("ro"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL));
    SHOW(mount(NULL, at("ro"), NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL));
    SHOW(umount2(at("ro"), 0));
    SHOW(umount2(at("ro"), MNT_DETACH));
    SHOW(mount(at("ro"), at("c"), NULL, MS_MOVE, NULL));
    SHOW(mount(at("ro"), at("c"), NULL, MS_BIND, NULL));
    SHOW(mount(NULL, at("c"), NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV, NULL));
    SHOW(open(at("c/new"), O_CREAT | O_WRONLY, 0600));
    SHOW(umount2(at("c"), 0));
    // Not without what is mounted below it.
    SHOW(mount(top, at("c"), NULL, MS_BIND, NULL));
    SHOW(mount(top, at("c"), NULL, MS_BIND | MS_REC, NULL));
    SHOW(umount2(at("c/ro"), MNT_DETACH));
    SHOW(umount2(at("c"), MNT_DETACH));
    SHOW(umount2("/proc", MNT_DETACH));
}

static void shared(void)
{
    enter();
    SHOW(mount("top", at("a"), "tmpfs", 0, NULL));
    show_options("a");
    SHOW(mount(NULL, at("a"), NULL, MS_SHARED | MS_PRIVATE, NULL));
    SHOW(mount(NULL, at("a"), NULL, MS_SHARED | MS_RDONLY, NULL));
    SHOW(mount(NULL, at("file"), NULL, MS_SHARED, NULL));
    SHOW(mount(NULL, at("a"), NULL, MS_SHARED, NULL));
    show_options("a");
    MUST(mkdir(at("a/1"), 0755));
    MUST(mkdir(at("a/2"), 0755));
    SHOW(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    show_options("b");
    SHOW(mount("x", at("a/1"), "tmpfs", 0, NULL));
    show_options("a/1");
    show_options("b/1");
    SHOW(mount(NULL, at("b"), NULL, MS_SLAVE, NULL));
    show_options("b");
    SHOW(mount("y", at("a/2"), "tmpfs", 0, NULL));
    show_options("b/2");
    SHOW(umount2(at("b/2"), 0));
    show_options("a/2");
    SHOW(umount2(at("a/2"), 0));
    SHOW(mount("z", at("b/2"), "tmpfs", 0, NULL));
    show_options("a/2");
    SHOW(umount2(at("a/1"), 0));
    show_options("b/1");
    SHOW(mount(NULL, at("b"), NULL, MS_SHARED, NULL));
    show_options("b");
    SHOW(mount(NULL, at("b"), NULL, MS_PRIVATE, NULL));
    show_options("b");
    SHOW(mount(NULL, at("b"), NULL, MS_UNBINDABLE, NULL));
    show_options("b");
    SHOW(mount(at("b"), at("c"), NULL, MS_BIND, NULL));
    SHOW(mount(at("a"), at("c"), NULL, MS_MOVE, NULL));
    exists("a/1");
    exists("c/1");
    show_options("c");
    SHOW(mount(at("c/1"), at("a"), NULL, MS_MOVE, NULL));
    SHOW(mount("in", at("c/1"), "tmpfs", 0, NULL));
    SHOW(mount(at("c/1"), at("a"), NULL, MS_MOVE, NULL));
    SHOW(mount(NULL, at("c"), NULL, MS_PRIVATE, NULL));
    SHOW(mount(at("c"), at("c/1"), NULL, MS_MOVE, NULL));
    // A copy of the namespace has the same group.
    SHOW(mount(NULL, at("c"), NULL, MS_SHARED, NULL));
    pid_t pid = fork();
    if (pid == 0) {
        MUST(unshare(CLONE_NEWNS));
        SHOW(mount("deep", at("c/2"), "tmpfs", 0, NULL));
        MUST(mkdir(at("c/2/seen"), 0755));
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    exists("c/2/seen");
    // One of a namespace below gets what happens here, and tells of nothing.
    pid = fork();
    if (pid == 0) {
        MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
        show_options("c");
        SHOW(mount("deep", at("c/1"), "tmpfs", 0, NULL));
        SHOW(umount2(at("c/2"), MNT_DETACH));
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    show_options("c/1");
    show_options("c/2");
}

static void pivot(void)
{
    enter();
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    SHOW(syscall(SYS_pivot_root, at("a"), at("a")));
    SHOW(syscall(SYS_pivot_root, at("file"), at("a")));
    SHOW(syscall(SYS_pivot_root, at("nothing"), at("a")));
    SHOW(syscall(SYS_pivot_root, "/", "/"));
    MUST(mount("root", at("a"), "tmpfs", 0, NULL));
    MUST(mkdir(at("a/old"), 0755));
    MUST(mkdir(at("a/new"), 0755));
    SHOW(syscall(SYS_pivot_root, at("a"), "/"));
    SHOW(syscall(SYS_pivot_root, at("a/new"), at("a/new")));
    MUST(mount(NULL, at("a"), NULL, MS_SHARED, NULL));
    SHOW(syscall(SYS_pivot_root, at("a"), at("a/old")));
    MUST(mount(NULL, at("a"), NULL, MS_PRIVATE, NULL));
    MUST(chdir("/"));
    SHOW(syscall(SYS_pivot_root, at("a"), at("a/old")));
    char path[256];
    say("cwd %s", getcwd(path, sizeof path));
    say("new root: %d %d", access("/new", F_OK), access("/proc", F_OK));
    snprintf(path, sizeof path, "/old%s", top);
    say("old root below: %d", access(path, F_OK));
    SHOW(umount2("/old", 0));
    SHOW(umount2("/old", MNT_DETACH));
    say("gone: %d", access(path, F_OK));
    // The idiom: the old root comes over the new one, and goes.
    MUST(mount("again", "/new", "tmpfs", 0, NULL));
    MUST(mkdir("/new/inner", 0755));
    MUST(chdir("/new"));
    SHOW(syscall(SYS_pivot_root, ".", "."));
    SHOW(umount2(".", MNT_DETACH));
    MUST(chdir("/"));
    say("inner %d, outer %d", access("/inner", F_OK), access("/old", F_OK));
    SHOW(umount2("/", MNT_DETACH) == 0 ? 0 : -1);
    MUST(mkdir("/jail", 0755));
    MUST(chroot("/jail"));
    SHOW(unshare(CLONE_NEWUSER));
    SHOW(syscall(SYS_pivot_root, "/", "/"));
}

int main(void)
{
    umask(022);
    MUST(mkdtemp(top) ? 0 : -1);
    const char *names[] = {"a", "b", "c", "d", "ro"};
    for (int i = 0; i < 5; i++) { MUST(mkdir(at(names[i]), 0755)); }
    touch(at("file"));
    CHILD("simple", { simple(); });
    // A read-only mount that the namespaces below inherit.
    CHILD("locked", {
        enter();
        MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
        MUST(mount(at("d"), at("ro"), NULL, MS_BIND, NULL));
        MUST(mount(NULL, at("ro"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL));
        locked();
    });
    CHILD("shared", { shared(); });
    CHILD("pivot", { pivot(); });
    CHILD("chroot", {
        enter();
        MUST(chroot(at("a")));
        SHOW(unshare(CLONE_NEWUSER));
    });
    // What is mounted elsewhere does not keep a name, and goes with it.
    int ready[2];
    int go[2];
    char byte;
    MUST(pipe(ready));
    MUST(pipe(go));
    pid_t pid = fork();
    if (pid == 0) {
        enter();
        MUST(mount("x", at("d"), "tmpfs", 0, NULL));
        SHOW(rmdir(at("d")));
        SHOW(rename(at("d"), at("e")));
        MUST(mount(at("file"), at("file"), NULL, MS_BIND, NULL));
        SHOW(unlink(at("file")));
        MUST(write(ready[1], "", 1));
        MUST(read(go[0], &byte, 1));
        show_options("d");
        show_options("file");
        _exit(0);
    }
    MUST(read(ready[0], &byte, 1));
    SHOW(rmdir(at("d")));
    touch(at("other"));
    SHOW(rename(at("other"), at("file")));
    MUST(write(go[1], "", 1));
    waitpid(pid, NULL, 0);
    MUST(mkdir(at("d"), 0755));
    // Nothing of it is seen here.
    exists("a/file");
    for (int i = 0; i < 5; i++) { SHOW(rmdir(at(names[i]))); }
    SHOW(unlink(at("file")));
    SHOW(rmdir(top));
    return 0;
}
