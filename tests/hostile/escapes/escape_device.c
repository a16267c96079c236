// SPDX-License-Identifier: Apache-2.0
// Device nodes: those that the host has put into the tree cannot be opened, and the guest makes none there. Below the
// root, which is not nodev, they are the sandbox's own devices.
// @places volume
#include "escape.h"
#include <sys/sysmacros.h>

static void node(const char *name)
{
    struct stat st;
    MUST(lstat(name, &st));
    say("%s: type %o", name, st.st_mode & S_IFMT);
    look(name);
    SHOW(truncate(name, 0));
    int fd = (int)MUST(open(name, O_PATH));
    SHOW(open(path("/proc/self/fd/%d", fd), O_RDWR));
    close(fd);
    SHOW(open2(AT_FDCWD, name, O_RDONLY, RESOLVE_BENEATH));
}

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    // Inside it works: the guest's own /dev.
    say("/dev/null %s", content(open("/dev/null", O_RDONLY)));
    node("null");
    node("kmsg");
    node("disk");
    // A node that was made may not be opened; on volumes none can be made.
    static const struct { mode_t type; int major, minor; } kinds[] = {
        { S_IFBLK, 254, 0 }, { S_IFBLK, 7, 0 }, { S_IFCHR, 1, 1 }, { S_IFCHR, 1, 11 }, { S_IFCHR, 10, 232 },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int fd = -1;
        if (mknod("made", kinds[i].type | 0666, makedev(kinds[i].major, kinds[i].minor)) == 0) {
            fd = open("made", O_RDONLY | O_NONBLOCK);
            unlink("made");
        }
        say("%d:%d %s", kinds[i].major, kinds[i].minor, fd < 0 ? "refused" : "ESCAPED");
        close(fd);
    }
    if (!writable_tree) { SHOW(mknod("made", S_IFCHR | 0666, makedev(1, 3))); }
    return 0;
}
