// SPDX-License-Identifier: Apache-2.0
// mkdir(2), rmdir, rename, renameat2, link, unlink, symlink, readlink: effects and every errno that can be
// provoked.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    umask(022);
    char buffer[100];
    struct stat s;
    SHOW(mkdir("d", 0777));
    MUST(stat("d", &s));
    say("mode %o", s.st_mode);
    SHOW(mkdir("d", 0777));
    SHOW(mkdir("d/e/f", 0777));
    SHOW(mkdir("", 0777));
    SHOW(mkdir("/", 0777));
    SHOW(mkdir("d/.", 0777));
    SHOW(mkdir("d/..", 0777));
    SHOW(mkdir("trailing/", 0700));
    SHOW(syscall(SYS_mkdir, BAD, 0700));
    SHOW(mkdirat(99, "x", 0700));
    put_file("f", "file f", 0644);
    SHOW(mkdir("f/x", 0700));
    SHOW(mkdir("f", 0700));
    SHOW(mkdir("d/sub", 02755));
    SHOW(rmdir("d"));
    SHOW(rmdir("f"));
    SHOW(rmdir("missing"));
    SHOW(rmdir("d/sub/."));
    SHOW(rmdir("d/sub/.."));
    SHOW(rmdir("/"));
    SHOW(rmdir("d/sub/"));
    SHOW(rmdir("d"));
    SHOW(rmdir("trailing"));
    MUST(mkdir("unreadable", 0));
    SHOW(rmdir("unreadable"));

    SHOW(unlink("missing"));
    SHOW(unlink(""));
    MUST(mkdir("d", 0755));
    SHOW(unlink("d") == -1 ? (long)(errno == EISDIR || errno == EPERM) : 0);
    SHOW(unlink("f/"));
    SHOW(unlinkat(AT_FDCWD, "f", AT_REMOVEDIR));
    SHOW(unlinkat(AT_FDCWD, "f", 64));
    SHOW(unlinkat(99, "f", 0));
    SHOW(unlink("d/."));

    SHOW(symlink("f", "s"));
    SHOW(symlink("f", "s"));
    SHOW(symlink("", "s2"));
    SHOW(symlink("f", ""));
    SHOW(symlink("f", "missing/s"));
    SHOW(readlink("s", buffer, sizeof buffer));
    SHOW(readlink("s", buffer, 0));
    SHOW(readlink("f", buffer, sizeof buffer));
    SHOW(readlink("missing", buffer, sizeof buffer));
    SHOW(readlink("d", buffer, sizeof buffer));
    SHOW(syscall(SYS_readlink, "s", BAD, 10));
    SHOW(symlink("a-long-target-name", "t"));
    SHOW(readlink("t", buffer, 6));
    SHOW(unlink("t"));
    SHOW(symlink("s", "ss"));
    memset(buffer, 0, sizeof buffer);
    int fd = (int)MUST(open("ss", O_RDONLY));
    SHOW(read(fd, buffer, 50));
    say("through two links: %s", buffer);
    MUST(symlink("../f", "d/up"));
    SHOW(access("d/up", R_OK));
    char name[16], before[16] = "f";
    for (int i = 0; i < 45; i++) {
        snprintf(name, sizeof name, "chain%d", i);
        MUST(symlink(before, name));
        strcpy(before, name);
    }
    SHOW(access("chain38", F_OK));
    SHOW(access("chain39", F_OK));
    SHOW(access("chain40", F_OK));
    SHOW(access("chain44", F_OK));

    SHOW(link("f", "hard"));
    SHOW(link("f", "hard"));
    SHOW(link("d", "hard-dir"));
    SHOW(link("missing", "hard2"));
    SHOW(link("f", "missing/hard"));
    SHOW(link("s", "hard-symlink"));
    MUST(lstat("hard-symlink", &s));
    say("a link to the symlink itself %d", S_ISLNK(s.st_mode));
    SHOW(linkat(AT_FDCWD, "s", AT_FDCWD, "hard-followed", AT_SYMLINK_FOLLOW));
    MUST(lstat("hard-followed", &s));
    say("followed %d, links %ld", S_ISREG(s.st_mode), (long)s.st_nlink);
    SHOW(linkat(AT_FDCWD, "f", AT_FDCWD, "x", 64));
    SHOW(linkat(99, "f", AT_FDCWD, "x", 0));

    SHOW(rename("f", "g"));
    SHOW(access("f", F_OK));
    SHOW(rename("g", "f"));
    SHOW(rename("f", "hard"));
    SHOW(access("f", F_OK));
    SHOW(rename("missing", "x"));
    SHOW(rename("f", "d"));
    SHOW(rename("d", "f"));
    SHOW(rename("f", "missing/x"));
    MUST(mkdir("empty", 0755));
    MUST(mkdir("full", 0755));
    put_file("full/x", "x", 0644);
    SHOW(rename("d", "full"));
    SHOW(rename("full", "empty"));
    SHOW(access("empty/x", F_OK));
    SHOW(rename("empty", "empty/inside"));
    SHOW(rename("empty", "."));
    SHOW(rename("empty/.", "y"));
    SHOW(rename("", "y"));
    SHOW(rename("f", ""));
    SHOW(rename("f/", "y"));
    SHOW(rename("f", "y/"));
    SHOW(rename("empty/", "z/"));
    SHOW(rename("s", "moved-link"));
    SHOW(readlink("moved-link", buffer, sizeof buffer));
    put_file("other", "other", 0644);
    SHOW(renameat2(AT_FDCWD, "f", AT_FDCWD, "other", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "f", AT_FDCWD, "fresh", RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "other", RENAME_EXCHANGE));
    memset(buffer, 0, sizeof buffer);
    fd = (int)MUST(open("fresh", O_RDONLY));
    SHOW(read(fd, buffer, 50));
    say("exchanged: %s", buffer);
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "nothing", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "z", RENAME_EXCHANGE));
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "other", RENAME_EXCHANGE | RENAME_NOREPLACE));
    SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "other", 64));
    SHOW(renameat(99, "x", AT_FDCWD, "y"));
    return 0;
}
