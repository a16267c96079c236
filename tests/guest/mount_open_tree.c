// SPDX-License-Identifier: Apache-2.0
// open_tree(2): places and detached copies of what they show; how long those live.
#include "mount_api.h"
#include <linux/landlock.h>

static void build(void)
{
    begin();
    make("a");
    make("b");
    make("c");
    mark("file");
    MUST(symlink("a", at("link")));
    cover("a", "one");
    make("a/in");
    cover("a/in", "two");
    make("a/un");
    cover("a/un", "three");
    MUST(mount(NULL, at("a/un"), NULL, MS_UNBINDABLE, NULL));
}

#define ALL "one", "in", "in/two", "un", "un/three", NULL

static void places(void)
{
    char text[64];
    build();
    int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    SHOW((fcntl(fd, F_GETFL) & O_PATH) != 0);
    SHOW(read(fd, text, 1));
    look("a place", fd, ALL);
    look("its parent", fd, "../file", NULL);
    fd = (int)MUST(open_tree_(NO, at("file"), 0));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(openat(fd, "x", O_RDONLY));
    struct stat st;
    fd = (int)MUST(open_tree_(NO, at("link"), AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT));
    SHOW(fstat(fd, &st));
    say("link %d", S_ISLNK(st.st_mode));
    fd = (int)MUST(open_tree_(NO, at("link"), 0));
    SHOW(fstat(fd, &st));
    say("directory %d", S_ISDIR(st.st_mode));
    int again = (int)MUST(open_tree_(fd, "", AT_EMPTY_PATH));
    look("again", again, ALL);
    SHOW(open_tree_(NO, at("nothing"), 0));
    SHOW(open_tree_(NO, at("file/x"), 0));
    SHOW(open_tree_(NO, "", 0));
    SHOW(open_tree_(NO, BAD, 0));
    SHOW(open_tree_(NO, NULL, AT_EMPTY_PATH));
    SHOW(open_tree_(999, "x", 0));
    SHOW(open_tree_(999, "", AT_EMPTY_PATH));
    SHOW(open_tree_(NO, at("a"), AT_RECURSIVE));
    SHOW(open_tree_(NO, at("a"), 2));
    SHOW(open_tree_(NO, at("a"), AT_SYMLINK_FOLLOW));
    SHOW(open_tree_(NO, at("a"), 1u << 31));
    // Nothing of it needs a privilege, but a copy does.
    MUST(unshare(CLONE_NEWUSER));
    SHOW(close(open_tree_(NO, at("a"), 0)));
    SHOW(open_tree_(NO, at("a"), OPEN_TREE_CLONE));
    SHOW(open_tree_(NO, at("nothing"), OPEN_TREE_CLONE));
    SHOW(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE | 2));
}

static void copies(void)
{
    char path[256];
    build();
    int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    look("one", fd, ALL);
    look("no parent", fd, "..", "../file", "../one", NULL);
    int all = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    SHOW(fcntl(all, F_GETFD));
    look("all", all, ALL);
    say("ids %d %d", unique_id(all, "") != unique_id(NO, at("a")), unique_id(all, "in") != unique_id(all, ""));
    // Of a directory of a mount, of a file, of a link.
    int part = (int)MUST(open_tree_(NO, at("a/in"), OPEN_TREE_CLONE));
    look("part", part, "two", "../one", NULL);
    int file = (int)MUST(open_tree_(NO, at("a/one"), OPEN_TREE_CLONE));
    struct stat st;
    SHOW(fstat(file, &st));
    int link = (int)MUST(open_tree_(NO, at("link"), OPEN_TREE_CLONE | AT_SYMLINK_NOFOLLOW));
    SHOW(fstat(link, &st));
    say("link %d", S_ISLNK(st.st_mode));
    SHOW(open_tree_(NO, at("a/un"), OPEN_TREE_CLONE));
    SHOW(open_tree_(NO, at("a/un"), OPEN_TREE_CLONE | AT_RECURSIVE));
    // What is made there is made in the original.
    SHOW(close(openat(all, "made", O_CREAT | O_WRONLY, 0644)));
    look("the original", base(), "a/made", NULL);
    MUST(fchdir(all));
    say("cwd %s", getcwd(path, sizeof path) ? path : err_name(errno));
    snprintf(path, sizeof path, "/proc/self/fd/%d", all);
    char target[256];
    ssize_t n = MUST(readlink(path, target, sizeof target - 1));
    target[n] = 0;
    say("link %s", target);
    // Nobody's mount namespace has it.
    show_mount("a");
    snprintf(path, sizeof path, "/proc/self/fd/%d/in", all);
    SHOW(umount2(path, 0));
    SHOW(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(mount("x", path, "tmpfs", 0, NULL));
    SHOW(mount(at("b"), path, NULL, MS_BIND, NULL));
    SHOW(mount(NULL, path, NULL, MS_SHARED, NULL));
    SHOW(mount(path, at("b"), NULL, MS_BIND, NULL));
    look("bound", base(), "b/two", NULL);
    SHOW(mount(path, at("c"), NULL, MS_MOVE, NULL));
    snprintf(path, sizeof path, "/proc/self/fd/%d", all);
    SHOW(mount(path, at("c"), NULL, MS_MOVE, NULL));
    look("moved", base(), "c/in/two", "c/one", NULL);
    // A copy of a copy.
    int second = (int)MUST(open_tree_(fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH | AT_RECURSIVE));
    look("second", second, ALL);
    int inner = (int)MUST(open_tree_(part, "two", OPEN_TREE_CLONE));
    SHOW(fstat(inner, &st));
}

static void lives(void)
{
    build();
    // The last descriptor of the tree takes it along; others only see what becomes of it.
    int all = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    int dup_ = (int)MUST(dup(all));
    int in = (int)MUST(openat(all, "in", O_PATH));
    int place = (int)MUST(open_tree_(all, "", AT_EMPTY_PATH));
    close(all);
    look("a duplicate", dup_, ALL);
    SHOW(move_(place, "", NO, at("nothing"), MOVE_MOUNT_F_EMPTY_PATH));
    close(dup_);
    look("dissolved", place, ALL);
    look("from in", in, "two", "..", "../one", NULL);
    SHOW(move_(place, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(open_tree_(place, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
    SHOW(change(place, "", AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0, 0));
    SHOW(close(openat(in, "still", O_CREAT | O_WRONLY, 0644)));
    // Attached it stays.
    all = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    SHOW(move_(all, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    close(all);
    look("attached", base(), "b/one", "b/in/two", NULL);
    show_mount("b");
    show_mount("b/in");
    // A root directory may be in one that is gone.
    int fd = detached("mine");
    MUST(mkdirat(fd, "dir", 0755));
    MUST(fchdir(fd));
    MUST(chroot("."));
    close(fd);
    look("root", AT_FDCWD, "/mine", "/dir", "mine", NULL);
    SHOW(mount("x", "/dir", "tmpfs", 0, NULL));
    SHOW(open_tree_(NO, "/", OPEN_TREE_CLONE));
}

static void propagating(void)
{
    build();
    make("s");
    MUST(mount("s", at("s"), "tmpfs", 0, NULL));
    MUST(mount(NULL, at("s"), NULL, MS_SHARED, NULL));
    make("s/x");
    make("s/y");
    int fd = (int)MUST(open_tree_(NO, at("s"), OPEN_TREE_CLONE));
    // A detached copy is a peer, but sees nothing that is mounted elsewhere.
    cover("s/x", "seen");
    look("detached", fd, "x/seen", NULL);
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    show_mount("b");
    cover("s/y", "seen");
    look("attached", base(), "b/x/seen", "b/y/seen", NULL);
    // What is mounted on a detached one is seen by its peers.
    fd = (int)MUST(open_tree_(NO, at("s"), OPEN_TREE_CLONE));
    int other = detached("deep");
    MUST(mkdirat(fd, "z", 0755));
    SHOW(move_(other, "", fd, "z", MOVE_MOUNT_F_EMPTY_PATH));
    look("peers", base(), "s/z/deep", "b/z/deep", NULL);
    look("own", fd, "z/deep", NULL);
    SHOW(umount2(at("s/z"), MNT_DETACH));
    look("peers", base(), "s/z/deep", "b/z/deep", NULL);
    look("own", fd, "z/deep", NULL);
}

static void locked(void)
{
    build();
    MUST(mount(NULL, at("a/un"), NULL, MS_PRIVATE, NULL));
    enter();
    SHOW(open_tree_(NO, at("a"), OPEN_TREE_CLONE));
    int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    look("all", fd, ALL);
    SHOW(move_(fd, "in", NO, at("b"), 0));
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(umount2(at("b/in"), MNT_DETACH));
    SHOW(move_(NO, at("b/in"), NO, at("c"), 0));
    int in = (int)MUST(open_tree_(NO, at("a/in"), OPEN_TREE_CLONE));
    SHOW(move_(in, "", NO, at("c"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(umount2(at("c"), 0));
    SHOW(umount2(at("b"), 0));
    SHOW(umount2(at("b"), MNT_DETACH));
    // Dissolved, what is covered stays covered.
    fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE | AT_RECURSIVE));
    int place = (int)MUST(openat(fd, ".", O_PATH));
    close(fd);
    look("dissolved", place, ALL);
}

static void landlocked(void)
{
    build();
    int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE));
    int fs = (int)MUST(fsopen_("tmpfs", 0));
    int picked = (int)MUST(pick(NO, at("a"), 0));
    uint64_t handled = LANDLOCK_ACCESS_FS_MAKE_SYM;
    int rules = (int)MUST(syscall(444, &handled, sizeof handled, 0));
    struct __attribute__((packed)) { uint64_t allowed; int parent; } beneath = {handled, base()};
    MUST(syscall(445, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0));
    MUST(syscall(446, rules, 0));
    // What is allowed below a directory is not by way of a copy that lies nowhere.
    SHOW(symlink("x", at("a/link")));
    SHOW(symlinkat("x", fd, "link2"));
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(fd, "", NO, at("nothing"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(NO, at("a"), NO, at("b"), MOVE_MOUNT_SET_GROUP));
    SHOW(close(open_tree_(NO, at("a"), 0)));
    SHOW(close(open_tree_(NO, at("a"), OPEN_TREE_CLONE)));
    SHOW(create(fs));
    int mounted = OK(fsmount_(fs, 0, 0));
    SHOW(move_(mounted, "", fd, "in", MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(change(NO, at("a"), 0, MOUNT_ATTR_NOSUID, 0, 0));
    SHOW(change(fd, "", AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0, 0));
    SHOW(set_flag(picked, "ro"));
    SHOW(reconfigure(picked));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=1m"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_BIND, NULL));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("places", { places(); });
    CHILD("copies", { copies(); });
    CHILD("lives", { lives(); });
    CHILD("propagating", { propagating(); });
    CHILD("locked", { locked(); });
    CHILD("landlocked", { landlocked(); });
    SHOW(rmdir(top));
    return 0;
}
