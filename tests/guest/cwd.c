// SPDX-License-Identifier: Apache-2.0
// chdir(2), fchdir, getcwd(2), removed and renamed working directories, chroot(2).
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    char path[PATH_MAX], start[PATH_MAX];
    SHOW(getcwd(start, sizeof start) != NULL);
    say("absolute %d", start[0] == '/');
    MUST(mkdir("a", 0755));
    MUST(mkdir("a/b", 0755));
    MUST(symlink("a/b", "l"));
    put_file("f", "x", 0644);
    SHOW(chdir("l"));
    getcwd(path, sizeof path);
    say("%s", path + strlen(start));
    SHOW(chdir(".."));
    getcwd(path, sizeof path);
    say("%s", path + strlen(start));
    SHOW(chdir("missing"));
    SHOW(chdir(""));
    SHOW(chdir("../f"));
    SHOW(syscall(SYS_chdir, BAD));
    SHOW(chdir("/"));
    SHOW(getcwd(path, sizeof path) != NULL);
    say("%s", path);
    SHOW(chdir("../../.."));
    getcwd(path, sizeof path);
    say("%s", path);
    SHOW(chdir(start));
    int fd = (int)MUST(open("a", O_RDONLY)), file = (int)MUST(open("f", O_RDONLY)),
        opath = (int)MUST(open("a", O_PATH));
    SHOW(fchdir(fd));
    SHOW(fchdir(file));
    SHOW(fchdir(99));
    SHOW(fchdir(opath));
    SHOW(rename("../a", "../renamed"));
    getcwd(path, sizeof path);
    say("after rename: %s", path + strlen(start));
    SHOW(chdir("b"));
    SHOW(rmdir("../b"));
    SHOW(getcwd(path, sizeof path) == NULL ? -1 : 0);
    SHOW(open("x", O_CREAT | O_WRONLY, 0600));
    SHOW(mkdir("x", 0700));
    SHOW(access("..", F_OK));
    SHOW(access(".", F_OK));
    SHOW(chdir(".."));
    getcwd(path, sizeof path);
    say("up again: %s", path + strlen(start));
    SHOW(syscall(SYS_getcwd, path, 2));
    SHOW(syscall(SYS_getcwd, path, 0));
    SHOW(syscall(SYS_getcwd, BAD, 100));
    say("length counts the end: %d", syscall(SYS_getcwd, path, sizeof path) == (long)strlen(path) + 1);
    SHOW(chroot("missing"));
    SHOW(chroot("../f"));
    CHILD("chroot", {
        if (SHOW(chroot(".")) == 0) {
            SHOW(chdir("/"));
            getcwd(path, sizeof path);
            say("%s", path);
            SHOW(access("/usr", F_OK));
            SHOW(access("../../../../usr", F_OK));
        }
    });
    return 0;
}
