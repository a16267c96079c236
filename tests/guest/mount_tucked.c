// SPDX-License-Identifier: Apache-2.0
// A mount that propagates to where something is mounted already comes below that, with all that is mounted on itself;
// and is taken from there again (mount_namespaces(7), Documentation/filesystems/sharedsubtree.rst).
#include "mount_ns.h"

#define ALL "a/x/hidden", "a/x/low", "a/x/high", "a/x/upper", "b/x/hidden", "b/x/low", "b/x/high", "b/x/upper", NULL

// a and b show the same file system; b receives what is mounted on a. t has one mount on top of another.
static int begin_pair(unsigned long type)
{
    begin();
    make("a");
    make("b");
    make("t");
    make("other");
    MUST(mount("s", at("a"), "tmpfs", 0, NULL));
    make("a/x");
    make("a/y");
    mark("a/x/hidden");
    cover("t", "low");
    make("t/sub");
    MUST(mount(NULL, at("a"), NULL, MS_SHARED, NULL));
    MUST(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    MUST(mount(NULL, at("b"), NULL, MS_SLAVE, NULL));
    cover("b/x", "upper");
    if (type == MS_SHARED) { MUST(mount(NULL, at("b"), NULL, MS_SHARED, NULL)); }
    int low = (int)MUST(open(at("t"), O_PATH));
    cover("t", "high");
    return low;
}

static void show(const char *what)
{
    say("-- %s", what);
    show_mount("a/x");
    show_mount("b/x");
    look("seen", base(), ALL);
}

static char *fd_path(int fd)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

static void one(unsigned long type)
{
    begin_pair(type);
    show("before");
    SHOW(mount("new", at("a/x"), "tmpfs", 0, NULL));
    mark("a/x/low");
    show("new below the upper");
    SHOW(umount2(at("b/x"), 0));
    show("upper gone");
    SHOW(umount2(at("a/x"), 0));
    show("all gone");
    // Taken away below the upper.
    cover("a/x", "low");
    SHOW(mount(NULL, at("b"), NULL, MS_SLAVE, NULL));
    cover("b/x", "upper");
    show("over the copy");
    SHOW(umount2(at("a/x"), 0));
    show("copy gone from below");
    SHOW(umount2(at("b/x"), 0));
    show("nothing");
}

static void tree(unsigned long type)
{
    int low = begin_pair(type);
    show("before");
    SHOW(mount(fd_path(low), at("a/x"), NULL, MS_BIND | MS_REC, NULL));
    show("tree with a covered root");
    SHOW(umount2(at("b/x"), 0));
    show("upper gone");
    SHOW(umount2(at("b/x"), 0));
    show("high gone");
    SHOW(umount2(at("b/x"), 0));
    show("low gone");
    SHOW(umount2(at("b/x"), 0));
    SHOW(umount2(at("a/x"), MNT_DETACH));
    SHOW(umount2(at("a/x"), MNT_DETACH));
    show("end");
}

static void tree_away(unsigned long type)
{
    int low = begin_pair(type);
    SHOW(mount(fd_path(low), at("a/x"), NULL, MS_BIND | MS_REC, NULL));
    int copied = (int)MUST(open(at("a/x"), O_PATH));
    SHOW(umount2(at("a/x"), MNT_DETACH));
    show("high taken from below");
    SHOW(umount2(at("a/x"), MNT_DETACH));
    show("low taken from below");
    look("kept", copied, "low", "high", "upper", "hidden", NULL);
    SHOW(umount2(at("b/x"), 0));
    show("upper gone");
    SHOW(rmdir(at("a/y")));
}

// A less privileged namespace that has put something there itself.
static void below(void)
{
    int ends[2];
    char byte;
    int low = begin_pair(MS_SLAVE);
    MUST(mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    pid_t pid = fork();
    if (pid == 0) {
        enter();
        cover("a/x", "upper");
        MUST(write(ends[0], "", 1));
        MUST(read(ends[0], &byte, 1));
        show("arrived");
        int fd = (int)MUST(open(at("a"), O_PATH));
        SHOW(umount2(at("a/x"), 0));
        show("upper gone");
        SHOW(umount2(at("a/x"), MNT_DETACH));
        show("high is locked");
        SHOW(umount2(at("b/x"), MNT_DETACH));
        show("b/x is locked");
        look("open", fd, "x/hidden", "x/low", "x/high", NULL);
        _exit(0);
    }
    MUST(read(ends[1], &byte, 1));
    SHOW(mount(fd_path(low), at("a/x"), NULL, MS_BIND | MS_REC, NULL));
    show("above");
    MUST(write(ends[1], "", 1));
    waitpid(pid, NULL, 0);
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("one slave", { one(MS_SLAVE); });
    CHILD("one shared", { one(MS_SHARED); });
    CHILD("tree slave", { tree(MS_SLAVE); });
    CHILD("tree shared", { tree(MS_SHARED); });
    CHILD("tree away", { tree_away(MS_SLAVE); });
    CHILD("tree away shared", { tree_away(MS_SHARED); });
    CHILD("below", { below(); });
    SHOW(rmdir(top));
    return 0;
}
