// SPDX-License-Identifier: Apache-2.0
// Magic links: cwd, root, exe and descriptors in /proc lead to objects, not to paths; none may lead out.
#include "escape.h"

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    int base = (int)MUST(open(".", O_PATH | O_DIRECTORY)), file = (int)MUST(open("file", O_RDONLY));
    // Inside they work.
    look("/proc/self/cwd/file");
    look(path("/proc/self/fd/%d/file", base));
    say("fd: %s", content(open(path("/proc/self/fd/%d", file), O_RDONLY)));
    SHOW(same("/proc/self/root", "/"));
    SHOW(same("/proc/self/cwd", "."));
    // And no further than `..` does.
    look("/proc/self/cwd/../outside/secret");
    look("/proc/self/cwd/../../outside/secret");
    look(path("/proc/self/root/..%s/secret", outside));
    look(path("/proc/self/fd/%d/../../outside/secret", base));
    SHOW(same("/proc/self/cwd/../..", "/"));
    SHOW(same(path("/proc/self/fd/%d/../..", base), "/"));
    // A planted link whose target is a magic link is the guest's own.
    look("proc_cwd/file");
    look("proc_cwd/../outside/secret");
    SHOW(same("proc_self_root", "/"));
    // With openat2.
    say("no magic: %s", content(open2(AT_FDCWD, "/proc/self/cwd/file", O_RDONLY, RESOLVE_NO_MAGICLINKS)));
    say("beneath: %s", content(open2(base, "proc_cwd/file", O_RDONLY, RESOLVE_BENEATH)));
    say("no crossing: %s", content(open2(base, "proc_cwd/file", O_RDONLY, RESOLVE_NO_XDEV)));
    // A magic link to what lost its name: the object, nothing else of that name.
    if (writable_tree) {
        MUST(mkdir("gone", 0777));
        MUST(chdir("gone"));
        MUST(rmdir("../gone"));
        host("directory gone");
        SHOW(access("/proc/self/cwd/in", F_OK));
        SHOW(access("../file", F_OK));
        SHOW(mkdir("new", 0777));
        MUST(chdir(tree));
        host("remove gone");
        int fd = (int)MUST(open("lost", O_CREAT | O_RDWR, 0666));
        MUST(write(fd, "inside\n", 7));
        MUST(unlink("lost"));
        host("link lost");
        say("lost: %s", content(open(path("/proc/self/fd/%d", fd), O_RDONLY)));
        look("lost");
        host("remove lost");
    }
    return 0;
}
