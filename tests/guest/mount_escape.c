// SPDX-License-Identifier: Apache-2.0
// A directory that is renamed out of a bind mount is no way out of it (path_resolution(7)): ".." of it is not there.
#include "mount_ns.h"
#include <linux/openat2.h>

static long open2(int from, const char *path, uint64_t resolve)
{
    struct open_how how = {.flags = O_PATH, .resolve = resolve};
    long fd = syscall(SYS_openat2, from, path, &how, sizeof how);
    return fd < 0 ? -1 : close(fd);
}

static const char *known(char *path)
{
    char *found = strstr(path, "/tmp/mounts.");
    if (found) { memmove(found, found + sizeof top - 1, strlen(found + sizeof top - 1) + 1); }
    return path;
}

static void look_where(const char *what)
{
    char path[512];
    struct stat st;
    say("%s", what);
    errno = 0;
    long n = syscall(SYS_getcwd, path, sizeof path);
    say("getcwd %s", n < 0 ? err_name(errno) : known(path));
    n = readlink("/proc/self/cwd", path, sizeof path - 1);
    path[n < 0 ? 0 : n] = 0;
    say("cwd %s", known(path));
    SHOW(stat(".", &st));
    SHOW(stat("..", &st));
    SHOW(stat("../secret", &st));
    SHOW(stat("../..", &st));
    SHOW(stat("../../secret", &st));
    SHOW(stat("in", &st));
    SHOW(stat("in/..", &st));
    SHOW(stat("in/../..", &st));
    SHOW(open2(AT_FDCWD, "..", 0));
    SHOW(open2(AT_FDCWD, "in/..", RESOLVE_BENEATH));
    SHOW(open2(AT_FDCWD, "in/..", RESOLVE_IN_ROOT));
    SHOW(open2(AT_FDCWD, "..", RESOLVE_IN_ROOT));
    SHOW(mkdir("../new", 0755));
    SHOW(rmdir("../new"));
    SHOW(rename("../new", "../newer"));
    SHOW(symlink("x", "../link"));
    SHOW(unlink("../link"));
}

int main(void)
{
    char path[512];
    umask(022);
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("escape", {
        enter();
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
        MUST(mount("t", top, "tmpfs", 0, NULL));
        const char *names[] = {"open", "open/a", "open/a/b", "open/a/b/in", "secret", "bound", "all", "deep", "deep/er"};
        for (int i = 0; i < 9; i++) { MUST(mkdir(at(names[i]), 0755)); }
        MUST(mount(at("open"), at("bound"), NULL, MS_BIND, NULL));
        MUST(mount(top, at("all"), NULL, MS_BIND, NULL));
        MUST(chdir(at("bound/a/b")));
        look_where("inside");
        MUST(rename(at("open/a/b"), at("b")));
        look_where("outside");
        // Two levels: below what was moved one may go about, but not above it.
        MUST(chdir("in"));
        SHOW(chdir(".."));
        SHOW(chdir(".."));
        MUST(rename(at("b"), at("deep/er/b")));
        look_where("deeper");
        // Through the whole file system's mount it is an ordinary directory.
        MUST(chdir(at("all/deep/er/b")));
        look_where("whole");
        MUST(chdir(at("bound/a")));
        MUST(rename(at("open/a"), at("deep/a")));
        look_where("parent");
        MUST(rename(at("deep/a"), at("open/back")));
        look_where("back");
        // As a root.
        MUST(mkdir(at("open/jail"), 0755));
        MUST(mkdir(at("open/jail/in"), 0755));
        MUST(chdir(at("bound/jail")));
        MUST(rename(at("open/jail"), at("jail")));
        MUST(chroot("."));
        look_where("root");
        SHOW(syscall(SYS_getcwd, path, sizeof path));
        say("%s", path);
    });
    SHOW(rmdir(top));
    return 0;
}
