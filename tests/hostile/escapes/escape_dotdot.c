// SPDX-License-Identifier: Apache-2.0
// `..` above the root, in every way a path can be given.
#include "escape.h"

int main(int argc, char **argv)
{
    char long_path[PATH_MAX], cwd[PATH_MAX];
    (void)argc;
    begin(argv);
    // Inside it works.
    look("dir/../file");
    look("dir/deep/../../file");
    SHOW(same("..", "/"));
    SHOW(same("/..", "/"));
    SHOW(same("/../../..", "/"));
    look("../secret");
    look("../outside/secret");
    look("../../outside/secret");
    for (int i = 0; i < 900; i++) { memcpy(long_path + 3 * i, "../", 3); }
    strcpy(long_path + 2700, outside + 1);
    strcat(long_path, "/secret");
    look_at(AT_FDCWD, strstr(long_path, outside + 1) ? long_path : "?");
    memcpy(long_path, "/..", 3);
    SHOW(access(long_path, F_OK));
    // By descriptors, from the root and from the tree.
    int root = (int)MUST(open("/", O_PATH | O_DIRECTORY)), base = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
    look_at(root, "../outside/secret");
    look_at(base, "../../outside/secret");
    for (int i = 0; i < 40; i++) { base = (int)MUST(openat(base, "..", O_PATH | O_DIRECTORY)); }
    MUST(fchdir(base));
    SHOW(same(".", "/"));
    say("cwd %s", getcwd(cwd, sizeof cwd));
    // With openat2, where Linux has names for staying inside.
    MUST(chdir(tree));
    base = (int)MUST(open(".", O_PATH | O_DIRECTORY));
    say("beneath %s", content(open2(base, "dir/../file", O_RDONLY, RESOLVE_BENEATH)));
    say("beneath %s", content(open2(base, "../outside/secret", O_RDONLY, RESOLVE_BENEATH)));
    say("in root %s", content(open2(base, "../../../file", O_RDONLY, RESOLVE_IN_ROOT)));
    say("in root %s", content(open2(base, "../outside/secret", O_RDONLY, RESOLVE_IN_ROOT)));
    // As a new root, with the old working directory still outside of it: the classic way out of a chroot.
    CHILD("chroot", {
        int out = (int)MUST(open(".", O_PATH | O_DIRECTORY));
        if (SHOW(chroot("dir")) == 0) {
            MUST(fchdir(out));
            for (int i = 0; i < 100; i++) { MUST(chdir("..")); }
            SHOW(chroot("."));
            SHOW(access("bin", F_OK));
            look("outside/secret");
            look(path("%s/secret", outside + 1));
        }
    });
    // Changes above the root.
    SHOW(mkdir("/../outside/new", 0777));
    SHOW(rename("file", "../../outside/file"));
    SHOW(link("file", "../../outside/file"));
    SHOW(symlink("x", "../../outside/link"));
    SHOW(unlink("../../outside/secret"));
    SHOW(truncate("../../outside/secret", 0));
    return 0;
}
