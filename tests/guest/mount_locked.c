// SPDX-License-Identifier: Apache-2.0
// What a more privileged namespace has covered stays covered (mount_namespaces(7)): after a lazy umount of a copy, after
// the namespace's end, when mount points are removed, and through propagation.
#include "mount_ns.h"

#define ALL "mask/secret", "mask/cover", "mask/in/inner", "mask/in/cover2", "own/hidden", "own/mine", "file", NULL

// top/tree has two masks that the namespace below inherits.
static void tree(void)
{
    begin();
    make("tree");
    make("tree/mask");
    make("tree/mask/in");
    make("tree/own");
    make("copy");
    make("copy2");
    mark("tree/mask/secret");
    mark("tree/own/hidden");
    mark("tree/file");
    cover("tree/mask", "cover");
    make("tree/mask/in");
    mark("tree/mask/in/inner");
    cover("tree/mask/in", "cover2");
    // The copy of a namespace is less privileged, and all of the above is locked there.
    MUST(mount(at("tree"), at("tree"), NULL, MS_BIND | MS_REC, NULL));
}

static void lazy(void)
{
    enter();
    SHOW(mount(at("tree"), at("copy"), NULL, MS_BIND | MS_REC, NULL));
    cover("copy/own", "mine");
    int fd = MUST(open(at("copy"), O_PATH));
    int own = MUST(open(at("copy/own"), O_PATH));
    int mask = MUST(open(at("copy/mask"), O_PATH));
    look("before", fd, ALL);
    SHOW(umount2(at("copy/mask"), MNT_DETACH));
    SHOW(umount2(at("copy/mask/in"), 0));
    SHOW(umount2(at("copy"), 0));
    SHOW(umount2(at("copy"), MNT_DETACH));
    look("after", fd, ALL);
    look("from the own", own, "mine", "hidden", "..", "../mask/secret", "../file", NULL);
    look("from the mask", mask, "cover", "secret", "..", "../mask/cover", "../file", "in/inner", "in/cover2",
        "in/../cover", "in/../../file", "in/../../mask/secret", "in/../../own/hidden", NULL);
    // Nobody's any more.
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d/mask", fd);
    SHOW(umount2(path, MNT_DETACH) == 0 ? 0 : errno);
    SHOW(mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(mount(NULL, path, NULL, MS_PRIVATE, NULL));
    SHOW(mount(path, at("copy"), NULL, MS_BIND, NULL));
    SHOW(mount(path, at("copy"), NULL, MS_MOVE, NULL));
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    SHOW(mount(path, at("copy"), NULL, MS_BIND, NULL));
    SHOW(mount(path, at("copy"), NULL, MS_BIND | MS_REC, NULL));
    snprintf(path, sizeof path, "/proc/self/fd/%d/own", fd);
    SHOW(umount2(path, MNT_DETACH));
    SHOW(rmdir(path));
    MUST(fchdir(mask));
    SHOW(chdir("in"));
    SHOW(chdir(".."));
    SHOW(chdir(".."));
    look("where", AT_FDCWD, ALL);
    say("cwd %s", getcwd(path, sizeof path) ? path : err_name(errno));
    // Its names can go: nothing is mounted there in any namespace.
    show_mount("tree/own");
    SHOW(rmdir(at("copy")));
    // The namespace above does the same with its own, which nothing keeps.
    _exit(0);
}

static void lazy_above(void)
{
    int fd = MUST(open(at("tree"), O_PATH));
    SHOW(umount2(at("tree"), MNT_DETACH));
    look("own ones", fd, ALL);
    look("below it", base(), "tree/mask/cover", NULL);
}

static void ending(void)
{
    int ends[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    pid_t pid = fork();
    if (pid == 0) {
        enter();
        cover("tree/own", "mine");
        send_fd(ends[0], (int)MUST(open("/", O_PATH)));
        send_fd(ends[0], (int)MUST(open(at("tree"), O_PATH)));
        send_fd(ends[0], (int)MUST(open(at("tree/mask/in"), O_PATH)));
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    int root = receive_fd(ends[1]);
    int tree = receive_fd(ends[1]);
    int in = receive_fd(ends[1]);
    char path[64];
    snprintf(path, sizeof path, "%s/tree", at("") + 1);
    int found = (int)MUST(openat(root, path, O_PATH));
    look("from its root", found, ALL);
    look("from its tree", tree, ALL);
    look("from its mask", in, "cover2", "inner", "../cover", "../secret", "../../file", "../../mask/secret", NULL);
    look("here", base(), "tree/own/hidden", "tree/own/mine", NULL);
}

static void removing(void)
{
    int ends[2];
    char byte;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    MUST(mount("r", at("copy"), "tmpfs", 0, NULL));
    make("copy/gone");
    make("copy/stays");
    pid_t pid = fork();
    if (pid == 0) {
        enter();
        cover("copy/gone", "one");
        make("copy/gone/in");
        mark("copy/gone/in/hidden");
        cover("copy/gone/in", "two");
        MUST(mount(at("copy/gone"), at("copy/stays"), NULL, MS_BIND, NULL));
        int fd = (int)MUST(open(at("copy/gone"), O_PATH));
        int in = (int)MUST(open(at("copy/gone/in"), O_PATH));
        MUST(write(ends[0], "", 1));
        MUST(read(ends[0], &byte, 1));
        look("mount point gone", fd, "one", "in/two", "in/hidden", "in/../one", "..", "../stays", NULL);
        look("inner", in, "two", "..", "../one", "../in/hidden", "../../stays", NULL);
        look("bound", base(), "copy/stays/in/two", "copy/stays/in/hidden", "copy/gone", NULL);
        _exit(0);
    }
    MUST(read(ends[1], &byte, 1));
    SHOW(rmdir(at("copy/gone")));
    MUST(write(ends[1], "", 1));
    waitpid(pid, NULL, 0);
}

// What happens above happens below, to locked mounts too; what happens below never shows what is locked.
static void following(void)
{
    int ends[2];
    char byte;
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    MUST(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
    pid_t pid = fork();
    if (pid == 0) {
        enter();
        int fd = (int)MUST(open(at("tree"), O_PATH));
        show_mount("tree/mask");
        show_mount("tree/mask/in");
        MUST(write(ends[0], "", 1));
        MUST(read(ends[0], &byte, 1));
        show_mount("tree/mask");
        show_mount("tree/mask/in");
        look("all gone", fd, ALL);
        MUST(write(ends[0], "", 1));
        MUST(read(ends[0], &byte, 1));
        // A tree with something covered arrives: its cover is locked to it, its top is not.
        show_mount("copy2");
        show_mount("copy2/mask");
        look("arrived", base(), "copy2/mask/secret", "copy2/mask/cover", NULL);
        SHOW(umount2(at("copy2/mask"), MNT_DETACH));
        fd = (int)MUST(open(at("copy2"), O_PATH));
        SHOW(umount2(at("copy2"), MNT_DETACH));
        look("arrived and left", fd, "mask/secret", "mask/cover", NULL);
        _exit(0);
    }
    MUST(read(ends[1], &byte, 1));
    SHOW(umount2(at("tree/mask"), MNT_DETACH));
    MUST(write(ends[1], "", 1));
    MUST(read(ends[1], &byte, 1));
    MUST(mount(NULL, at("tree"), NULL, MS_PRIVATE | MS_REC, NULL));
    cover("tree/mask", "cover");
    MUST(mount(at("tree"), at("copy2"), NULL, MS_BIND | MS_REC, NULL));
    MUST(write(ends[1], "", 1));
    waitpid(pid, NULL, 0);
}

// Peers in one's own namespace: a copy's umount does not take locked originals with it.
static void peers(void)
{
    enter();
    MUST(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
    SHOW(mount(at("tree"), at("copy"), NULL, MS_BIND | MS_REC, NULL));
    SHOW(mount(at("copy"), at("copy2"), NULL, MS_BIND | MS_REC, NULL));
    SHOW(umount2(at("copy2/mask"), MNT_DETACH));
    int fd = MUST(open(at("copy"), O_PATH));
    SHOW(umount2(at("copy"), MNT_DETACH));
    look("the copy", fd, ALL);
    look("the original", MUST(open(at("tree"), O_PATH)), ALL);
    look("the other copy", MUST(open(at("copy2"), O_PATH)), ALL);
    // Propagated within: what was locked is locked in the copies that arrive.
    make("copy/a");
    make("copy/b");
    MUST(mount("s", at("copy/a"), "tmpfs", 0, NULL));
    MUST(mount(NULL, at("copy/a"), NULL, MS_SHARED, NULL));
    make("copy/a/t");
    MUST(mount(at("copy/a"), at("copy/b"), NULL, MS_BIND, NULL));
    SHOW(mount(at("tree"), at("copy/a/t"), NULL, MS_BIND | MS_REC, NULL));
    show_mount("copy/b/t");
    show_mount("copy/b/t/mask");
    SHOW(umount2(at("copy/b/t/mask/in"), MNT_DETACH));
    SHOW(umount2(at("copy/b/t/mask"), MNT_DETACH));
    SHOW(umount2(at("copy/a/t/mask"), MNT_DETACH));
    SHOW(mount(at("copy/b/t/mask"), at("copy2/own"), NULL, MS_MOVE, NULL));
    SHOW(mount(at("copy/b/t"), at("copy2/own"), NULL, MS_BIND, NULL));
    look("arrived", MUST(open(at("copy/b/t"), O_PATH)), ALL);
    SHOW(umount2(at("copy/b/t"), MNT_DETACH));
    show_mount("copy/a/t");
    show_mount("copy/a/t/mask");
}

// A mount point of one's namespace is in use, even when one's root is in none any more.
static void busy(void)
{
    begin();
    make("root");
    make("place");
    MUST(mount("r", at("root"), "tmpfs", 0, NULL));
    cover("place", "cover");
    MUST(chdir(top));
    MUST(chroot("root"));
    SHOW(rmdir("place"));
    SHOW(umount2("root", MNT_DETACH));
    SHOW(rmdir("place"));
    SHOW(rename("place", "other"));
    SHOW(rmdir("root"));
    SHOW(umount2("place", 0));
    SHOW(rmdir("place"));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("lazy", { tree(); CHILD("below", { lazy(); }); lazy_above(); });
    CHILD("end", { tree(); ending(); });
    CHILD("removed", { tree(); removing(); });
    CHILD("following", { tree(); following(); });
    CHILD("peers", { tree(); peers(); });
    CHILD("busy", { busy(); });
    SHOW(rmdir(top));
    return 0;
}
