// SPDX-License-Identifier: Apache-2.0
// Files and directories that are renamed, replaced and deleted while open or mapped; inode numbers; offsets
// of duplicates.
// @places overlay,layer,volume,tmpfs
#include "t.h"

static ino_t inode(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 ? s.st_ino : 0;
}

int main(void)
{
    char back[20] = "";
    put_file("a", "first", 0644);
    put_file("b", "second", 0644);
    ino_t ia = inode("a"), ib = inode("b");
    say("two inodes %d", ia != ib && ia && ib);
    int fd = (int)MUST(open("a", O_RDWR));
    SHOW(rename("b", "a"));
    say("the name has the other inode %d", inode("a") == ib);
    SHOW(read(fd, back, 19));
    say("the open file is still the first: %s", back);
    struct stat s;
    SHOW(fstat(fd, &s));
    say("links %ld, same inode %d", (long)s.st_nlink, s.st_ino == ia);
    SHOW(pwrite(fd, "FIRST", 5, 0));
    char path[64], target[PATH_MAX] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = (int)MUST(open(path, O_RDONLY));
    memset(back, 0, sizeof back);
    SHOW(read(again, back, 19));
    say("%s", back);
    SHOW(linkat(AT_FDCWD, path, AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
    readlink(path, target, sizeof target - 1);
    say("marked deleted %d", strstr(target, " (deleted)") != NULL);

    MUST(mkdir("d", 0755));
    put_file("d/x", "x", 0644);
    int dir = (int)MUST(open("d", O_RDONLY));
    SHOW(rename("d", "e"));
    SHOW(faccessat(dir, "x", F_OK, 0));
    MUST(mkdir("d", 0755));
    SHOW(openat(dir, "y", O_CREAT | O_WRONLY, 0600) >= 0 ? 0 : -1);
    SHOW(access("e/y", F_OK));
    SHOW(access("d/y", F_OK));
    SHOW(unlink("e/x"));
    SHOW(unlink("e/y"));
    SHOW(rmdir("e"));
    SHOW(faccessat(dir, ".", F_OK, 0));
    SHOW(faccessat(dir, "..", F_OK, 0));
    SHOW(mkdirat(dir, "z", 0700));
    SHOW(fstat(dir, &s));
    say("a directory without links %d", s.st_nlink == 0);

    int one = (int)MUST(open("a", O_RDWR)), twin = dup(one), apart = (int)MUST(open("a", O_RDWR));
    SHOW(read(one, back, 2));
    SHOW(lseek(twin, 0, SEEK_CUR));
    SHOW(lseek(apart, 0, SEEK_CUR));
    for (int i = 0; i < 50; i++) {
        char name[20];
        snprintf(name, sizeof name, "t%d", i);
        int t = (int)MUST(open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
        MUST(unlink(name));
        MUST(write(t, name, strlen(name)));
        MUST(pread(t, back, 1, 0));
        if (back[0] != 't' || access(name, F_OK) == 0) { say("wrong"); }
        close(t);
    }
    char *map = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, one, 0));
    MUST(unlink("a"));
    close(one);
    close(twin);
    map[0] = 'M';
    SHOW(pread(apart, back, 1, 0));
    say("%c", back[0]);
    return 0;
}
