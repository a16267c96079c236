// SPDX-License-Identifier: Apache-2.0
// mount_setattr(2) and open_tree_attr(2): flags, access times, propagation, of one mount or of a tree.
#include "mount_api.h"

static void build(void)
{
    begin();
    make("a");
    make("b");
    make("dir");
    mark("file");
    MUST(symlink("a", at("link")));
    cover("a", "one");
    make("a/in");
    cover("a/in", "two");
}

static int open_attr(const char *path, unsigned flags, void *what, size_t size)
{
    return (int)syscall(467, NO, path, flags, what, size);
}

static void arguments(void)
{
    struct attributes none = {0, 0, 0, 0}, ro = {MOUNT_ATTR_RDONLY, 0, 0, 0};
    build();
    SHOW(setattr_(NO, at("a"), 1, &ro, 32));
    SHOW(setattr_(NO, at("a"), AT_SYMLINK_FOLLOW, &ro, 32));
    SHOW(setattr_(NO, at("a"), 0, &ro, 0));
    SHOW(setattr_(NO, at("a"), 0, &ro, 31));
    SHOW(setattr_(NO, at("a"), 0, &ro, 4097));
    SHOW(setattr_(NO, at("a"), 0, NULL, 32));
    SHOW(setattr_(NO, at("a"), 0, BAD, 32));
    char *longer = calloc(1, 8192);
    memcpy(longer, &ro, 32);
    SHOW(setattr_(NO, at("b"), 0, longer, 4096));
    longer[40] = 1;
    SHOW(setattr_(NO, at("b"), 0, longer, 40));
    SHOW(setattr_(NO, at("b"), 0, longer, 41));
    SHOW(setattr_(NO, at("nothing"), 0, &none, 32));
    SHOW(setattr_(NO, BAD, 0, &none, 32));
    SHOW(setattr_(NO, at("nothing"), 0, &ro, 32));
    SHOW(setattr_(NO, BAD, 0, &ro, 32));
    SHOW(setattr_(NO, NULL, AT_EMPTY_PATH, &ro, 32));
    SHOW(setattr_(999, "x", 0, &ro, 32));
    SHOW(setattr_(NO, "", 0, &ro, 32));
    SHOW(setattr_(NO, at("dir"), 0, &ro, 32));
    SHOW(setattr_(NO, at("file"), 0, &ro, 32));
    SHOW(setattr_(NO, at("link"), AT_SYMLINK_NOFOLLOW, &ro, 32));
    SHOW(change(NO, at("a"), 0, 0x100, 0, 0));
    SHOW(change(NO, at("a"), 0, 0, 1ULL << 40, 0));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOATIME, 0, 0));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_STRICTATIME, 0, 0));
    SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR_NOATIME, 0));
    SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME, 0));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR__ATIME, MOUNT_ATTR__ATIME, 0));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0));
    SHOW(change(NO, at("a"), 0, 0, 0, 1));
    SHOW(change(NO, at("a"), 0, 0, 0, MS_SHARED | MS_PRIVATE));
    SHOW(change(NO, at("a"), 0, 0, 0, 1ULL << 40));
    SHOW(change(NO, at("a"), 0, 0, 0, MS_SHARED | MS_REC));
    show_mount_options("a");
}

static void flags(void)
{
    build();
    SHOW(change(NO, at("link"), AT_NO_AUTOMOUNT, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV, 0, 0));
    show_mount_options("a");
    show_mount_options("a/in");
    SHOW(open(at("a/new"), O_CREAT | O_WRONLY, 0644));
    SHOW(close(open(at("a/in/new"), O_CREAT | O_WRONLY, 0644)));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW, MOUNT_ATTR_RDONLY, 0));
    show_mount_options("a");
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_RDONLY, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODIRATIME, 0));
    show_mount_options("a");
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0));
    show_mount_options("a");
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME, 0));
    show_mount_options("a");
    SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR__ATIME | MOUNT_ATTR_NOSYMFOLLOW, 0));
    show_mount_options("a");
    SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_NODEV, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC, 0));
    show_mount_options("a");
    show_mount_options("a/in");
    // By a descriptor, also one of a place within.
    int fd = (int)MUST(open(at("a"), O_PATH));
    SHOW(change(fd, "in", 0, 0, MOUNT_ATTR_NODEV, 0));
    SHOW(change(fd, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_NODEV, 0));
    fd = (int)MUST(open(at("a/one"), O_RDONLY));
    SHOW(change(fd, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_NODEV, 0));
    show_mount_options("a");
    // Not while it is written to, and then nothing of the tree.
    fd = (int)MUST(open(at("a/in/two"), O_WRONLY));
    SHOW(change(NO, at("a/in"), 0, MOUNT_ATTR_RDONLY, 0, 0));
    SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, MS_SHARED));
    SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_NOEXEC, 0, 0));
    SHOW(mount(NULL, at("a/in"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    close(fd);
    show_mount("a");
    show_mount_options("a");
    SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0));
    show_mount_options("a/in");
    // Detached: only the whole of it.
    fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    SHOW(change(fd, "in", 0, 0, MOUNT_ATTR_RDONLY, 0));
    SHOW(change(fd, "", AT_EMPTY_PATH | AT_RECURSIVE, 0, MOUNT_ATTR_RDONLY, 0));
    SHOW(close(openat(fd, "in/fresh", O_CREAT | O_WRONLY, 0644)));
    SHOW(open(at("a/in/fresh"), O_WRONLY));
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    show_mount_options("b/in");
}

static void propagation(void)
{
    build();
    SHOW(change(NO, at("a"), 0, 0, 0, MS_SHARED));
    show_mount("a");
    show_mount("a/in");
    SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_NODEV, 0, MS_SHARED));
    show_mount("a/in");
    show_mount_options("a/in");
    MUST(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    SHOW(change(NO, at("b"), 0, 0, 0, MS_SLAVE));
    show_mount("b");
    SHOW(change(NO, at("b"), 0, 0, 0, MS_UNBINDABLE));
    show_mount("b");
    SHOW(change(NO, at("a"), AT_RECURSIVE, 0, 0, MS_PRIVATE));
    show_mount("a");
    show_mount("a/in");
    int fd = detached("x");
    SHOW(change(fd, "", AT_EMPTY_PATH, 0, 0, MS_SHARED));
    SHOW(move_(fd, "", NO, at("dir"), MOVE_MOUNT_F_EMPTY_PATH));
    show_mount("dir");
}

static void privileges(void)
{
    build();
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0));
    if (fork() == 0) {
        enter();
        // Locked as they came.
        SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR_RDONLY, 0));
        SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR_NOSUID, 0));
        SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR__ATIME, 0));
        SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NODIRATIME, 0, 0));
        SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME, 0));
        SHOW(change(NO, at("a"), AT_RECURSIVE, MOUNT_ATTR_NODEV, 0, 0));
        SHOW(change(NO, at(""), AT_RECURSIVE, MOUNT_ATTR_NOEXEC, MOUNT_ATTR_RDONLY, 0));
        show_mount_options("a");
        show_mount_options("");
        int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
        SHOW(change(fd, "", AT_EMPTY_PATH, 0, MOUNT_ATTR_RDONLY, 0));
        SHOW(change(NO, at("a"), 0, 0, 0, MS_SHARED));
        _exit(0);
    }
    wait(NULL);
    // Id maps: no descriptor, none of a user namespace, the first one, a file system that has none.
    struct attributes map = {MOUNT_ATTR_IDMAP, 0, 0, 999};
    SHOW(setattr_(NO, at("a"), 0, &map, 32));
    map.userns = 1ULL << 40;
    SHOW(setattr_(NO, at("a"), 0, &map, 32));
    map.userns = (uint64_t)MUST(open("/dev/null", O_RDONLY));
    SHOW(setattr_(NO, at("a"), 0, &map, 32));
    map.userns = (uint64_t)MUST(open("/proc/self/ns/mnt", O_RDONLY));
    SHOW(setattr_(NO, at("a"), 0, &map, 32));
    map.userns = (uint64_t)MUST(open("/proc/self/ns/user", O_RDONLY));
    SHOW(setattr_(NO, at("a"), 0, &map, 32));
    SHOW(change(NO, at("a"), 0, 0, MOUNT_ATTR_IDMAP, 0));
    MUST(unshare(CLONE_NEWUSER));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NODEV, 0, 0));
    SHOW(setattr_(NO, BAD, 0, BAD, 32));
    SHOW(setattr_(NO, BAD, 0, BAD, 31));
    SHOW(setattr_(NO, BAD, 2, BAD, 31));
}

static void with_tree(void)
{
    struct attributes what = {MOUNT_ATTR_RDONLY, 0, 0, 0};
    build();
    int fd = OK(open_attr(at("a"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE, &what, 32));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(openat(fd, "in/x", O_CREAT | O_WRONLY, 0644));
    SHOW(close(open(at("a/in/x"), O_CREAT | O_WRONLY, 0644)));
    SHOW(open_attr(at("a"), OPEN_TREE_CLONE, NULL, 32));
    SHOW(close(open_attr(at("a"), OPEN_TREE_CLONE, NULL, 0)));
    SHOW(open_attr(at("a"), OPEN_TREE_CLONE, &what, 0));
    SHOW(open_attr(at("a"), OPEN_TREE_CLONE, &what, 5000));
    SHOW(open_attr(at("a"), OPEN_TREE_CLONE, BAD, 32));
    SHOW(open_attr(at("a"), 2, &what, 32));
    SHOW(open_attr(at("nothing"), OPEN_TREE_CLONE, &what, 32));
    what.set = 1ULL << 50;
    SHOW(open_attr(at("a"), OPEN_TREE_CLONE, &what, 32));
    what.set = 0;
    SHOW(close(open_attr(at("a"), OPEN_TREE_CLONE, &what, 32)));
    // Without a copy it is the mount itself that changes.
    what.set = MOUNT_ATTR_NODEV;
    SHOW(close(open_attr(at("a"), 0, &what, 32)));
    show_mount_options("a");
    SHOW(open_attr(at("dir"), 0, &what, 32));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("arguments", { arguments(); });
    CHILD("flags", { flags(); });
    CHILD("propagation", { propagation(); });
    CHILD("privileges", { privileges(); });
    CHILD("with a tree", { with_tree(); });
    SHOW(rmdir(top));
    return 0;
}
