// SPDX-License-Identifier: Apache-2.0
// A hard link of the host's side from the tree to a file outside, and links that the guest would make out of the tree.
#include "escape.h"
#include <sys/time.h>

int main(int argc, char **argv)
{
    (void)argc;
    struct stat st, again;
    begin(argv);
    // The file itself is in the tree: it can be read there, and has a second name that cannot be reached.
    look("hard");
    MUST(stat("hard", &st));
    say("links %d", (int)st.st_nlink);
    look("../outside/hard");
    look("../../outside/hard");
    look(path("%s/hard", outside));
    // A second name inside is the same file, which is how the guest could tell.
    if (writable_tree) {
        MUST(link("hard", "hard2"));
        MUST(stat("hard2", &again));
        say("links %d same %d", (int)again.st_nlink, st.st_ino == again.st_ino && st.st_dev == again.st_dev);
        SHOW(unlink("hard2"));
    } else {
        SHOW(link("hard", "hard2"));
        SHOW(unlink("hard"));
        SHOW(truncate("hard", 0));
        SHOW(chmod("hard", 0600));
        SHOW(chown("hard", getuid(), getgid()));
        SHOW(utimes("hard", NULL));
        SHOW(open("hard", O_WRONLY));
        SHOW(open("hard", O_RDONLY | O_TRUNC));
        SHOW(rename("hard", "file"));
    }
    // Out of the tree and into it: by name, by descriptor and by magic link.
    int fd = (int)MUST(open("hard", O_RDONLY));
    SHOW(link("hard", "/tmp/out"));
    SHOW(linkat(AT_FDCWD, path("/proc/self/fd/%d", fd), AT_FDCWD, "/tmp/out", AT_SYMLINK_FOLLOW));
    SHOW(rename("hard", "/tmp/out"));
    put_file("/tmp/mine", "inside\n", 0666);
    SHOW(link("/tmp/mine", "mine"));
    SHOW(rename("/tmp/mine", "mine"));
    int mine = (int)MUST(open("/tmp/mine", O_RDONLY));
    SHOW(linkat(AT_FDCWD, path("/proc/self/fd/%d", mine), AT_FDCWD, "mine", AT_SYMLINK_FOLLOW));
    SHOW(link("abs", "/tmp/out"));
    SHOW(linkat(AT_FDCWD, "abs", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
    SHOW(linkat(AT_FDCWD, "up", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
    SHOW(link("dir", "dir2"));
    return 0;
}
