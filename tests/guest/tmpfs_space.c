// SPDX-License-Identifier: Apache-2.0
// What counts as inode space of a tmpfs: inodes, further names, extended attributes; and what as content.
#include "own_tmpfs.h"
#include <sys/statvfs.h>
#include <sys/xattr.h>

static char value[65536];

static void show_space(void)
{
    struct statvfs now;
    MUST(statvfs(".", &now));
    printf("inodes %lu free %lu blocks %lu\n", now.f_files, now.f_ffree, now.f_blocks - now.f_bfree);
}

static void show_link(const char *path)
{
    struct stat it;
    MUST(lstat(path, &it));
    printf("%s: size %ld blocks %ld\n", path, (long)it.st_size, (long)it.st_blocks);
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0755));
    // Attributes user.* of a tmpfs need Linux 6.6, trusted.* a capability over all: so user.*.
    MUST(mount("six", "m", "tmpfs", 0, "nr_inodes=6,size=64k"));
    MUST(chdir("m"));
    show_space();
    close((int)MUST(open("a", O_CREAT | O_WRONLY, 0644)));
    show_space();
    SHOW(link("a", "b"));
    show_space();
    SHOW(unlink("a"));
    show_space();
    SHOW(setxattr("b", "user.a", value, 900, 0));
    show_space();
    SHOW(setxattr("b", "user.a", value, 3000, 0));
    show_space();
    SHOW(setxattr("b", "user.a", value, 100, XATTR_CREATE));
    SHOW(setxattr("b", "user.b", value, 100, XATTR_REPLACE));
    SHOW(setxattr("b", "user.b", value, 2000, 0));
    show_space();
    SHOW(setxattr("b", "user.a", value, 100, 0));
    SHOW(setxattr("b", "user.b", value, 100, 0));
    show_space();
    // Room for exactly what is left, and not for a byte more, though an old value would go.
    SHOW(setxattr("b", "user.c", value, 4096 - 2 * 146 - 45, 0));
    SHOW(setxattr("b", "user.c", value, 4096 - 2 * 146 - 46, 0));
    show_space();
    SHOW(setxattr("b", "user.c", value, 1, 0));
    SHOW(mkdir("d", 0755));
    SHOW(removexattr("b", "user.c"));
    SHOW(mkdir("d", 0755));
    show_space();
    memset(value, 'x', 200);
    value[127] = 0;
    SHOW(symlink(value, "short"));
    value[127] = 'x';
    value[200] = 0;
    SHOW(symlink(value, "long"));
    show_link("short");
    SHOW(unlink("short"));
    SHOW(symlink(value, "long"));
    show_link("long");
    show_space();
    SHOW(rename("long", "b"));
    show_space();
    SHOW(unlink("b"));
    SHOW(rmdir("d"));
    show_space();
    MUST(chdir(".."));
    MUST(umount2("m", MNT_DETACH));
    MUST(mount("many", "m", "tmpfs", 0, "nr_inodes=0"));
    MUST(chdir("m"));
    show_space();
    close((int)MUST(open("a", O_CREAT | O_WRONLY, 0644)));
    SHOW(setxattr("a", "user.a", value, 65536, 0));
    SHOW(setxattr("a", "user.b", value, 65536, 0));
    SHOW(setxattr("a", "user.c", value, 65536, 0));
    show_space();
    return 0;
}
