// SPDX-License-Identifier: Apache-2.0
// What POSIX ACLs allow, what new files get from their directory's, chmod, and user namespaces (acl(5)). On a tmpfs.
// @identities root
#include "acl.h"

static void become(uid_t uid, gid_t gid, int n, const gid_t *groups)
{
    MUST(setgroups(n, groups));
    MUST(setresgid(gid, gid, gid));
    MUST(setresuid(uid, uid, uid));
}

static void may(const char *who, uid_t uid, gid_t gid, int n, const gid_t *groups)
{
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        become(uid, gid, n, groups);
        int r = open("f", O_RDONLY), w = open("f", O_WRONLY), rw = open("f", O_RDWR);
        say("  %s: read %d write %d both %d execute %d", who, r >= 0, w >= 0, rw >= 0, access("f", X_OK) == 0);
        _exit(0);
    }
    MUST(waitpid(child, NULL, 0));
}

static void everyone(const char *text)
{
    gid_t seven[] = {7}, both[] = {7, 8};
    make_file("f", 0640);
    MUST(chown("f", 100, 200));
    MUST(set_acl("f", ACCESS, text));
    say("%s", text);
    show_acl("f");
    may("owner", 100, 1, 0, NULL);
    may("owner in the group", 100, 200, 0, NULL);
    may("user 1000", 1000, 1, 0, NULL);
    may("user 1000 in group 7", 1000, 1, 1, seven);
    may("user 1001", 1001, 1, 0, NULL);
    may("the group", 500, 200, 0, NULL);
    may("group 7", 500, 7, 0, NULL);
    may("groups 7 and 8", 500, 1, 2, both);
    may("the group and 7", 500, 200, 1, seven);
    may("others", 500, 1, 0, NULL);
    may("root", 0, 0, 0, NULL);
}

static void rights(void)
{
    everyone("u::rw- u:1000:rw- g::r-- m::rw- o::---");
    everyone("u::rw- u:1000:rw- g::r-- m::r-- o::---");
    everyone("u::--- u:1000:rwx u:1001:--- g::r-- g:7:-w- g:8:r-- m::rwx o::rwx");
    everyone("u::--- u:1000:rwx g::rwx g:7:rwx m::--- o::r--");
    everyone("u::r-- u:1000:r-x g::--- g:7:--- m::rwx o::rw-");
    everyone("u::rwx g::rwx m::r-- o::rwx");
}

static void directories(void)
{
    MUST(mkdir("box", 0700));
    make_file("box/x", 0644);
    MUST(set_acl("box", ACCESS, "u::rwx u:1000:--x u:1001:r-- u:1002:-wx g::--- m::rwx o::---"));
    for (int uid = 1000; uid <= 1003; uid++) {
        CHILD("child",
            become(uid, uid, 0, NULL);
            say("%d: search %s, list %s, make %s", uid, access("box/x", R_OK) ? err_name(errno) : "ok",
                open("box", O_RDONLY) < 0 ? err_name(errno) : "ok",
                open("box/y", O_CREAT | O_WRONLY, 0644) < 0 ? err_name(errno) : "ok"));
    }
}

static void modes(void)
{
    make_file("f", 0640);
    MUST(set_acl("f", ACCESS, "u::rw- u:1000:rwx g::r-x m::rwx o::---"));
    SHOW(chmod("f", 0755));
    show_acl("f");
    SHOW(chmod("f", 0601));
    show_acl("f");
    SHOW(chmod("f", 06777));
    show_acl("f");
    MUST(set_acl("f", ACCESS, "u::r-- g::rw- o::--x"));
    show_acl("f");
    MUST(set_acl("f", ACCESS, "u::r-- g::rw- m::rwx o::--x"));
    show_acl("f");
    MUST(removexattr("f", ACCESS));
    show_acl("f");
    // Set-group-id goes when who sets the ACL is not in the group.
    for (int in = 0; in < 2; in++) {
        make_file("f", 0640);
        MUST(chown("f", 1000, 200));
        MUST(chmod("f", 02750));
        CHILD("owner",
            gid_t group[] = {200};
            become(1000, 1000, in, group);
            SHOW(set_acl("f", ACCESS, "u::rwx u:7:rwx g::r-x m::rwx o::---")));
        show_acl("f");
    }
    CHILD("not the owner",
        become(1001, 200, 0, NULL);
        SHOW(set_acl("f", ACCESS, "u::rwx g::r-x o::---"));
        SHOW(set_acl("f", ACCESS, "u::rwx"));
        SHOW(set_acl("f", DEFAULT, "u::rwx g::r-x o::---"));
        SHOW(removexattr("f", ACCESS));
        SHOW(removexattr("f", DEFAULT));
        show_acl("f"));
    SHOW(chown("f", 5, 6));
    show_acl("f");
}

static void inherits(const char *text)
{
    say("-- %s", text);
    umask(027);
    MUST(mkdir("base", 0755));
    MUST(set_acl("base", DEFAULT, text));
    show_acl("base");
    MUST(mkdir("base/dir", 0777));
    MUST(mkdir("base/dir/dir", 0700));
    close((int)MUST(open("base/file", O_CREAT | O_WRONLY, 0666)));
    close((int)MUST(open("base/narrow", O_CREAT | O_WRONLY, 0604)));
    MUST(mknod("base/node", S_IFREG | 0666, 0));
#ifndef HERE // FIFOs of the host have no ACLs inside, only modes
    MUST(mkfifo("base/fifo", 0666));
#endif
    MUST(symlink("x", "base/link"));
    int fd = (int)MUST(open("base", O_TMPFILE | O_WRONLY, 0666));
    MUST(linkat(fd, "", AT_FDCWD, "base/temporary", AT_EMPTY_PATH));
    close(fd);
    static const char *const names[] = {"dir", "dir/dir", "file", "narrow", "node", "fifo", "link", "temporary"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        char path[64];
        snprintf(path, sizeof path, "base/%s", names[i]);
        show_acl(path);
    }
    for (unsigned i = sizeof names / sizeof *names; i-- > 2;) {
        char path[64];
        snprintf(path, sizeof path, "base/%s", names[i]);
        MUST(unlink(path));
    }
    MUST(rmdir("base/dir/dir"));
    MUST(rmdir("base/dir"));
    MUST(rmdir("base"));
    umask(022);
}

static void users(void)
{
    make_file("f", 0640);
    MUST(set_acl("f", ACCESS, "u::rw- u:1000:rw- g::r-- g:7:--x m::rwx o::---"));
    CHILD("own users",
        own_users();
        show_acl("f");
        SHOW(set_acl("f", ACCESS, "u::rw- u:1000:rw- g::r-- m::r-- o::---"));
        SHOW(set_acl("f", ACCESS, "u::rw- u:0:rw- g::r-- m::r-- o::---"));
        show_acl("f"));
    show_acl("f");
}

int main(void)
{
#ifdef HERE
    umask(022);
#else
    own_tmpfs();
#endif
    MUST(chmod(".", 0755));
    rights();
    directories();
    modes();
    inherits("u::rwx u:1000:rwx g::r-x m::rwx o::r-x");
    inherits("u::rw- g::rwx o::rw-");
    inherits("u::rwx u:1000:--- g::rwx g:7:rw- m::r-- o::---");
    users();
    return 0;
}
