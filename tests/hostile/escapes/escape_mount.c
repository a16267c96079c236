// SPDX-License-Identifier: Apache-2.0
// Mounts over mounts: covering, uncovering, moving and binding the tree shows nothing that was not there before.
#include "escape.h"
#include <sys/mount.h>

static void put(const char *name, const char *text)
{
    int fd = (int)MUST(open(name, O_WRONLY));
    MUST(write(fd, text, strlen(text)));
    close(fd);
}

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    int base = (int)MUST(open(".", O_PATH | O_DIRECTORY)), gid = getgid(), uid = getuid();
    MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
    put("/proc/self/uid_map", path("0 %d 1", uid));
    put("/proc/self/setgroups", "deny");
    put("/proc/self/gid_map", path("0 %d 1", gid));
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    // Covered, and uncovered again.
    MUST(mount("cover", tree, "tmpfs", 0, NULL));
    SHOW(access(path("%s/file", tree), F_OK));
    look("file");
    look("../outside/secret");
    look_at(base, "../../outside/secret");
    MUST(mount("cover", tree, "tmpfs", 0, NULL));
    MUST(umount2(tree, 0));
    MUST(umount2(tree, 0));
    look(path("%s/file", tree));
    // What the container's maker has mounted stays: below it lies what it hides.
    if (strcmp(tree, "/vol") == 0) {
        SHOW(umount2(tree, 0));
        SHOW(umount2(tree, MNT_DETACH));
        SHOW(mount(tree, "/tmp", NULL, MS_MOVE, NULL));
        SHOW(access("/vol/below", F_OK));
        SHOW(mount("/", "/tmp", NULL, MS_BIND, NULL));
    }
    SHOW(umount2("/proc", 0));
    SHOW(umount2("/", MNT_DETACH));
    SHOW(syscall(SYS_pivot_root, "/", "/"));
    // Bound elsewhere: the same tree, with the same way up, and no more rights.
    SHOW(mount(tree, "/tmp", NULL, MS_BIND | MS_REC, NULL));
    look("/tmp/file");
    look("/tmp/../outside/secret");
    look("/tmp/dir/../../outside/secret");
    look("/tmp/up");
    look("/tmp/abs");
    SHOW(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND, NULL));
    int fd = open("/tmp/file", O_WRONLY);
    say("write: %s", fd < 0 ? err_name(errno) : "opened");
    // One directory of it as a mount, which the host then moves away.
    SHOW(mount(path("%s/moving/a", tree), "/tmp", NULL, MS_BIND, NULL));
    MUST(chdir("/tmp/b"));
    host("away moving");
    look("../../secret");
    look("../../../secret");
    look("../../outside/secret");
    SHOW(same("../..", "/"));
    host("back moving");
    look("../b/file");
    return 0;
}
