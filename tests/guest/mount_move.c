// SPDX-License-Identifier: Apache-2.0
// move_mount(2): from path to path, detached trees, mounts beneath others, peers of others.
#include "mount_api.h"

#define MASTERS(path) show_mount(path)

static void build(void)
{
    begin();
    make("a");
    make("b");
    make("c");
    mark("file");
    MUST(symlink("a", at("to_a")));
    MUST(symlink("b", at("to_b")));
    cover("a", "one");
    make("a/in");
    cover("a/in", "two");
}

static void paths(void)
{
    build();
    SHOW(move_(NO, at("a"), NO, at("b"), 1u << 31));
    SHOW(move_(NO, at("a"), NO, at("b"), 8));
    SHOW(move_(NO, at("a"), NO, at("b"), MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_BENEATH));
    SHOW(move_(NO, at("nothing"), NO, at("b"), 0));
    SHOW(move_(NO, at("a"), NO, at("nothing"), 0));
    SHOW(move_(NO, BAD, NO, at("nothing"), 0));
    SHOW(move_(NO, BAD, NO, at("b"), 0));
    SHOW(move_(NO, at("a"), NO, BAD, 0));
    SHOW(move_(NO, NULL, NO, at("b"), 0));
    SHOW(move_(999, "x", NO, at("b"), 0));
    SHOW(move_(999, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(NO, at("a"), 999, "", MOVE_MOUNT_T_EMPTY_PATH));
    SHOW(move_(NO, "", NO, at("b"), 0));
    SHOW(move_(NO, at("a"), NO, "", 0));
    SHOW(move_(NO, at("a/one"), NO, at("b"), 0));
    SHOW(move_(NO, at("c"), NO, at("b"), 0));
    SHOW(move_(NO, at("a"), NO, at("file"), 0));
    SHOW(move_(NO, at("to_a"), NO, at("b"), 0));
    SHOW(move_(NO, at("a"), NO, at("to_b"), 0));
    SHOW(move_(NO, at("a"), NO, at("a/in"), 0));
    SHOW(move_(NO, at("a"), NO, at("a"), 0));
    SHOW(move_(NO, "/", NO, at("b"), 0));
    SHOW(move_(NO, at("to_a"), NO, at("to_b"), MOVE_MOUNT_F_SYMLINKS | MOVE_MOUNT_T_SYMLINKS));
    look("moved", base(), "b/one", "b/in/two", "a/one", NULL);
    int from = (int)MUST(open(at("b"), O_PATH));
    int to = (int)MUST(open(at("c"), O_PATH));
    SHOW(move_(from, "", to, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
    look("by descriptors", base(), "c/one", "c/in/two", "b/one", NULL);
    SHOW(move_(from, NULL, NO, at("a"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_F_AUTOMOUNTS | MOVE_MOUNT_T_AUTOMOUNTS));
    look("by null", base(), "a/one", "c/one", NULL);
    SHOW(move_(from, "in", to, "", MOVE_MOUNT_T_EMPTY_PATH));
    look("below", base(), "a/one", "a/in/two", "c/two", NULL);
    // A directory that is gone.
    make("gone");
    int gone = (int)MUST(open(at("gone"), O_PATH));
    MUST(rmdir(at("gone")));
    SHOW(move_(from, "", gone, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
    // Shared parents keep what is mounted on them; unbindable ones do not go to shared ones.
    make("s");
    cover("s", "s");
    MUST(mount(NULL, at("s"), NULL, MS_SHARED, NULL));
    make("s/x");
    cover("s/x", "x");
    SHOW(move_(NO, at("s/x"), NO, at("b"), 0));
    MUST(mount(NULL, at("a"), NULL, MS_UNBINDABLE, NULL));
    make("s/y");
    SHOW(move_(NO, at("a"), NO, at("s/y"), 0));
    MUST(unshare(CLONE_NEWUSER));
    SHOW(move_(NO, at("a"), NO, at("b"), 0));
    SHOW(move_(NO, BAD, NO, BAD, 1u << 31));
}

static void trees(void)
{
    build();
    int fd = detached("mine");
    MUST(mkdirat(fd, "dir", 0755));
    int second = detached("second");
    // Detached on detached.
    SHOW(move_(second, "", fd, "dir", MOVE_MOUNT_F_EMPTY_PATH));
    look("nested", fd, "mine", "dir/second", NULL);
    SHOW(move_(second, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(fd, "dir", NO, at("b"), 0));
    SHOW(move_(fd, "", fd, "dir", MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(NO, at("a"), fd, "dir", 0));
    close(second);
    look("still nested", fd, "mine", "dir/second", NULL);
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    look("attached", base(), "b/mine", "b/dir/second", NULL);
    SHOW(move_(fd, "", NO, at("c"), MOVE_MOUNT_F_EMPTY_PATH));
    look("moved", base(), "b/mine", "c/dir/second", NULL);
    close(fd);
    look("stays", base(), "c/mine", "c/dir/second", NULL);
    // On top of what is there.
    fd = detached("upper");
    SHOW(move_(fd, "", NO, at("c"), MOVE_MOUNT_F_EMPTY_PATH));
    look("upper", base(), "c/upper", "c/mine", NULL);
    show_mount("c");
    SHOW(umount2(at("c"), 0));
    look("lower", base(), "c/upper", "c/mine", NULL);
    // A file goes on a file, a link on either.
    int file = (int)MUST(open_tree_(NO, at("a/one"), OPEN_TREE_CLONE));
    SHOW(move_(file, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(file, "", NO, at("file"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(umount2(at("file"), 0));
    // Only where its original was: another namespace has no use for it.
    int own = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE));
    int made = detached("made");
    MUST(mkdirat(made, "dir", 0755));
    MUST(unshare(CLONE_NEWNS));
    SHOW(open_tree_(own, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
    SHOW(close(open_tree_(made, "", OPEN_TREE_CLONE | AT_EMPTY_PATH)));
    SHOW(move_(detached("x"), "", own, "in", MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(detached("x"), "", made, "dir", MOVE_MOUNT_F_EMPTY_PATH));
    look("here", made, "dir/x", NULL);
    SHOW(move_(own, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(made, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    look("there", base(), "b/one", "b/made", "b/dir/x", NULL);
    int fds[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
    // A mount of another namespace is nobody's to move.
    if (fork() == 0) {
        MUST(unshare(CLONE_NEWNS));
        send_fd(fds[0], (int)MUST(open(at("a"), O_PATH)));
        char byte;
        MUST(read(fds[0], &byte, 1));
        _exit(0);
    }
    int theirs = receive_fd(fds[1]);
    SHOW(move_(theirs, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    SHOW(move_(NO, at("a"), theirs, "", MOVE_MOUNT_T_EMPTY_PATH));
    SHOW(open_tree_(theirs, "", OPEN_TREE_CLONE | AT_EMPTY_PATH));
    SHOW(change(theirs, "", AT_EMPTY_PATH, MOUNT_ATTR_RDONLY, 0, 0));
    MUST(write(fds[1], "", 1));
    wait(NULL);
}

static void beneath(void)
{
    build();
    int fd = detached("below");
    SHOW(move_(fd, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    SHOW(move_(fd, "", NO, at("a/one"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    SHOW(move_(fd, "", NO, "/", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    SHOW(move_(fd, "", NO, at("a"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    look("on top", base(), "a/one", "a/in/two", "a/below", NULL);
    show_mount("a");
    SHOW(umount2(at("a"), MNT_DETACH));
    look("left", base(), "a/one", "a/in/two", "a/below", NULL);
    show_mount("a");
    // One that is mounted, beneath another.
    cover("b", "b");
    cover("c", "c");
    SHOW(move_(NO, at("b"), NO, at("c"), MOVE_MOUNT_BENEATH));
    look("swapped", base(), "b/b", "c/b", "c/c", NULL);
    SHOW(umount2(at("c"), 0));
    look("c", base(), "c/b", "c/c", NULL);
    // Neither itself nor what it stands on; not with something mounted over all of it.
    make("c/deep");
    cover("c/deep", "deep");
    SHOW(move_(NO, at("c/deep"), NO, at("c"), MOVE_MOUNT_BENEATH));
    SHOW(move_(NO, at("c"), NO, at("c"), MOVE_MOUNT_BENEATH));
    int tall = detached("tall");
    int taller = detached("taller");
    SHOW(move_(taller, "", tall, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
    SHOW(move_(tall, "", NO, at("c"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    // Shared: peers get it beneath theirs as well.
    make("p");
    make("q");
    MUST(mount("p", at("p"), "tmpfs", 0, NULL));
    make("p/x");
    MUST(mount(NULL, at("p"), NULL, MS_SHARED, NULL));
    MUST(mount(at("p"), at("q"), NULL, MS_BIND, NULL));
    cover("p/x", "over");
    fd = detached("under");
    SHOW(move_(fd, "", NO, at("p/x"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    look("p and q", base(), "p/x/over", "q/x/over", NULL);
    SHOW(umount2(at("p/x"), 0));
    look("p and q", base(), "p/x/over", "q/x/over", "p/x/under", "q/x/under", NULL);
    // Where it would come back on top.
    MUST(mount(at("p"), at("p"), NULL, MS_BIND, NULL));
    fd = detached("round");
    SHOW(move_(fd, "", NO, at("p"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    // A locked one is not slid off.
    enter();
    fd = detached("slide");
    SHOW(move_(fd, "", NO, at("a"), MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_BENEATH));
    SHOW(move_(NO, at("a"), NO, at("b"), 0));
}

static void groups(void)
{
    build();
    MUST(mount("p", at("b"), "tmpfs", 0, NULL));
    make("b/sub");
    make("b/x");
    make("d");
    make("e");
    make("f");
    MUST(mount(at("b"), at("c"), NULL, MS_BIND, NULL));
    MUST(mount(at("b/sub"), at("d"), NULL, MS_BIND, NULL));
    SHOW(move_(NO, at("b"), NO, at("c"), MOVE_MOUNT_SET_GROUP));
    MUST(mount(NULL, at("b"), NULL, MS_SHARED, NULL));
    SHOW(move_(NO, at("b"), NO, at("a"), MOVE_MOUNT_SET_GROUP));
    SHOW(move_(NO, at("b/x"), NO, at("c"), MOVE_MOUNT_SET_GROUP));
    SHOW(move_(NO, at("b"), NO, at("c/x"), MOVE_MOUNT_SET_GROUP));
    SHOW(move_(NO, at("b"), NO, at("nothing"), MOVE_MOUNT_SET_GROUP));
    SHOW(move_(NO, at("b"), NO, at("c"), MOVE_MOUNT_SET_GROUP));
    MASTERS("c");
    SHOW(move_(NO, at("b"), NO, at("c"), MOVE_MOUNT_SET_GROUP));
    SHOW(move_(NO, at("b"), NO, at("d"), MOVE_MOUNT_SET_GROUP));
    MASTERS("d");
    cover("b/x", "seen");
    look("peers", base(), "c/x/seen", NULL);
    // A narrow one has no group for a wide one.
    MUST(mount(at("b"), at("e"), NULL, MS_BIND, NULL));
    MUST(mount(NULL, at("e"), NULL, MS_PRIVATE, NULL));
    SHOW(move_(NO, at("d"), NO, at("e"), MOVE_MOUNT_SET_GROUP));
    // A slave's group and master.
    MUST(mount(NULL, at("c"), NULL, MS_SLAVE, NULL));
    MUST(mount(NULL, at("c"), NULL, MS_SHARED, NULL));
    MASTERS("c");
    SHOW(move_(NO, at("c"), NO, at("e"), MOVE_MOUNT_SET_GROUP));
    MASTERS("e");
    // Detached ones have groups too.
    int fd = (int)MUST(open_tree_(NO, at("a"), OPEN_TREE_CLONE));
    MUST(mount(NULL, at("a"), NULL, MS_SHARED, NULL));
    SHOW(move_(NO, at("a"), fd, "", MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_T_EMPTY_PATH));
    SHOW(move_(fd, "", NO, at("f"), MOVE_MOUNT_F_EMPTY_PATH));
    MASTERS("f");
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("paths", { paths(); });
    CHILD("trees", { trees(); });
    CHILD("beneath", { beneath(); });
    CHILD("groups", { groups(); });
    SHOW(rmdir(top));
    return 0;
}
