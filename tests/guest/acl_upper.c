// SPDX-License-Identifier: Apache-2.0
// POSIX ACLs, leases and attributes of files below the root directory, which in the sandbox is an overlay.
// @identities root
#include "acl.h"

static char top[] = "/var/tmp/acl.XXXXXX";

static void leases(void)
{
    make_file("leased", 0644);
    int fd = (int)MUST(open("leased", O_RDONLY)), other = (int)MUST(open("leased", O_RDONLY));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    close(other);
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    signal(SIGIO, SIG_IGN);
    SHOW(open("leased", O_RDONLY | O_NONBLOCK));
    SHOW(fcntl(fd, F_GETLEASE));
    SHOW(open("leased", O_WRONLY | O_NONBLOCK));
    SHOW(fcntl(fd, F_GETLEASE));
    close(fd);
    fd = (int)MUST(open("leased", O_RDWR));
    SHOW(fcntl(fd, F_SETLEASE, F_RDLCK));
    SHOW(fcntl(fd, F_SETLEASE, F_WRLCK));
    close(fd);
    MUST(unlink("leased"));
}

static void acls(void)
{
    MUST(mkdir("dir", 0755));
    show_acl("dir");
    SHOW(set_acl("dir", DEFAULT, "u::rwx u:1000:rwx g::r-x m::rwx o::---"));
    SHOW(set_acl("dir", ACCESS, "u::rwx u:1000:--x g::r-x m::r-x o::---"));
    show_acl("dir");
    umask(077);
    close((int)MUST(open("dir/file", O_CREAT | O_WRONLY, 0666)));
    MUST(mkdir("dir/sub", 0777));
    show_acl("dir/file");
    show_acl("dir/sub");
    SHOW(setxattr("dir/file", "user.a", "x", 1, 0));
    list_names("dir/file");
    SHOW(chmod("dir/file", 0604));
    show_acl("dir/file");
    MUST(chmod("dir/file", 0660));
    MUST(chmod(".", 0755));
    CHILD("user 1000",
        MUST(setresgid(1000, 1000, 1000));
        MUST(setresuid(1000, 1000, 1000));
        SHOW(open("dir/file", O_RDWR) >= 0);
        SHOW(open("dir", O_RDONLY));
        SHOW(open("dir/sub", O_RDONLY) >= 0));
    CHILD("user 1001",
        MUST(setgroups(0, NULL));
        MUST(setresgid(1001, 1001, 1001));
        MUST(setresuid(1001, 1001, 1001));
        SHOW(open("dir/file", O_RDWR));
        SHOW(access("dir/sub", F_OK)));
    SHOW(rename("dir/file", "file"));
    show_acl("file");
    SHOW(removexattr("dir", DEFAULT));
    SHOW(removexattr("dir", ACCESS));
    show_acl("dir");
    MUST(unlink("file"));
    MUST(rmdir("dir/sub"));
    MUST(rmdir("dir"));
}

int main(void)
{
    umask(022);
    MUST(mkdtemp(top) ? 0 : -1);
    MUST(chdir(top));
    leases();
    acls();
    MUST(chdir("/"));
    MUST(rmdir(top));
    return 0;
}
