// SPDX-License-Identifier: Apache-2.0
// Symbolic links that the host's side has planted, absolute and relative, and links of the guest's own.
#include "escape.h"

static void all_ways(const char *name)
{
    struct stat st;
    look(name);
    SHOW(stat(name, &st));
    SHOW(lstat(name, &st));
    SHOW(truncate(name, 0));
    SHOW(chmod(name, 0600));
    SHOW(access(name, F_OK));
    int fd = open2(AT_FDCWD, name, O_RDONLY, RESOLVE_NO_SYMLINKS);
    say("no links: %s", content(fd));
    fd = open2(AT_FDCWD, name, O_RDONLY, RESOLVE_BENEATH);
    say("beneath: %s", content(fd));
    say("in root: %s", content(open2(AT_FDCWD, name, O_RDONLY, RESOLVE_IN_ROOT)));
    fd = open(name, O_CREAT | O_EXCL | O_WRONLY, 0666);
    say("create: %s", fd < 0 ? err_name(errno) : "made");
    close(fd);
}

int main(int argc, char **argv)
{
    (void)argc;
    char target[PATH_MAX];
    begin(argv);
    // Links that stay inside are followed: as a file, and as part of a path.
    look("in");
    look("in_dir/file");
    look("abs_in");
    static const char *const planted[] = {"abs", "up", "up_many", "proc_root", "loop"};
    for (size_t i = 0; i < sizeof planted / sizeof *planted; i++) { all_ways(planted[i]); }
    look("abs_dir/secret");
    look("up_dir/secret");
    look("up_dir/dir/secret");
    look("in_dir/../up_dir/secret");
    SHOW(mkdir("abs_dir/new", 0777));
    SHOW(rename("file", "up_dir/file"));
    SHOW(link("file", "abs_dir/file"));
    SHOW(unlink("up_dir/secret"));
    SHOW(chdir("abs_dir"));
    SHOW(chdir("up_dir"));
    // Through a link that leads nowhere inside, a new file would be made where it points.
    int fd = open("abs", O_CREAT | O_WRONLY, 0666);
    say("create through: %s", fd < 0 ? err_name(errno) : "made");
    close(fd);
    // What the link says is what the host put there.
    ssize_t n = readlink("abs", target, sizeof target);
    say("says what it is: %d", n > 7 && memcmp(target + n - 7, "/secret", 7) == 0);
    if (writable_tree) {
        SHOW(symlink(path("%s/secret", outside), "own"));
        look("own");
        SHOW(unlink("own"));
        SHOW(symlink("/..", "own"));
        SHOW(same("own/..", "/"));
        SHOW(unlink("own"));
        // A directory becomes a link between two looks: the host swaps them while the guest opens below.
        host("swap swapped swapped_link");
        int escaped = 0;
        for (int i = 0; i < 20000; i++) {
            escaped += strcmp(content(open("swapped/secret", O_RDONLY)), "ESCAPED") == 0;
            escaped += truncate("swapped/secret", 0) == 0;
        }
        host("calm");
        say("escaped %d", escaped);
        look("swapped/file");
    }
    return 0;
}
