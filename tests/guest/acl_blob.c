// SPDX-License-Identifier: Apache-2.0
// What setxattr(2) takes for a POSIX ACL on a tmpfs, and what becomes of it (acl(5)).
// @identities root
#include "acl.h"

#define TRY(text) \
    do { \
        make_file("f", 0640); \
        errno = 0; \
        int r_ = set_acl("f", ACCESS, text); \
        say("set %s = %d %s", text, r_, r_ ? err_name(errno) : ""); \
        show_acl("f"); \
    } while (0)

static void raw(const char *what, const void *bytes, size_t size)
{
    make_file("f", 0640);
    errno = 0;
    int r = setxattr("f", ACCESS, bytes, size, 0);
    say("%s = %d %s", what, r, r ? err_name(errno) : "");
    show_acl("f");
}

static void orders(void)
{
    TRY("u::rw- g::r-- o::---");
    TRY("u::rwx g::r-x o::r-x");
    TRY("u::rw- u:1000:rw- g::r-- m::r-- o::---");
    TRY("u::rw- u:1000:rw- u:1001:r-- g::r-- g:7:rwx g:8:--- m::rwx o::---");
    TRY("u::rw- g::r-- m::rw- o::---");
    TRY("u::rw- u:1000:rw- g::r-- o::---");
    TRY("u::rw- g::r-- g:7:r-- o::---");
    TRY("u::rw- u:1001:rw- u:1000:rw- g::r-- m::r-- o::---");
    TRY("u::rw- u:1000:rw- u:1000:r-- g::r-- m::r-- o::---");
    TRY("u:1000:rw- u::rw- g::r-- m::r-- o::---");
    TRY("u::rw- u::rw- g::r-- o::---");
    TRY("u::rw- g::r-- g::r-- o::---");
    TRY("g::r-- o::---");
    TRY("u::rw- o::---");
    TRY("u::rw- g::r--");
    TRY("u::rw- g::r-- o::--- m::r--");
    TRY("u::rw- m::r-- g::r-- o::---");
    TRY("u::rw- g::r-- o::--- o::---");
    TRY("u::rw- u:1000:r-- g::r-- m::r-- m::r-- o::---");
    TRY("u::rw- u:4294967295:r-- g::r-- m::r-- o::---");
    TRY("u::rw- u:4294967294:r-- g::r-- m::r-- o::---");
}

static void bytes(void)
{
    Blob acl;
    size_t size = blob(&acl, "u::rw- u:1000:rw- g::r-- m::r-- o::---");
    raw("whole", &acl, size);
    raw("one byte less", &acl, size - 1);
    raw("one byte more", &acl, size + 1);
    raw("header", &acl, 4);
    raw("three bytes", &acl, 3);
    raw("one byte", &acl, 1);
    raw("nothing", &acl, 0);
    raw("no pointer", NULL, 0);
    acl.version = 1;
    raw("version 1", &acl, size);
    raw("header of version 1", &acl, 4);
    acl.version = 2;
    acl.entries[0].tag = 3;
    raw("tag 3", &acl, size);
    acl.entries[0].tag = 0x40;
    raw("tag 40", &acl, size);
    acl.entries[0].tag = 1;
    acl.entries[0].perm = 8;
    raw("permission 8", &acl, size);
    acl.entries[0].perm = 0xffff;
    raw("permission ffff", &acl, size);
    acl.entries[0].perm = 6;
    acl.entries[0].id = 5;
    acl.entries[2].id = 6;
    raw("ids that do not count", &acl, size);
    void *volatile bad = BAD;
    SHOW(setxattr("f", ACCESS, bad, 44, 0));
    char *large = MUSTP(calloc(1, 70000));
    *(uint32_t *)large = 2;
    raw("65536", large, 65536);
    raw("65537", large, 65537);
    free(large);
}

static void calls(void)
{
    Blob acl;
    char small[8];
    size_t size = blob(&acl, "u::rw- u:1000:rw- g::r-- m::r-- o::---");
    make_file("f", 0640);
    MUST(mkdir("d", 0755));
    MUST(symlink("f", "l"));
    MUST(mkfifo("p", 0644));
    SHOW(getxattr("f", ACCESS, NULL, 0));
    SHOW(getxattr("f", DEFAULT, NULL, 0));
    SHOW(removexattr("f", ACCESS));
    SHOW(removexattr("f", DEFAULT));
    SHOW(setxattr("f", ACCESS, &acl, size, XATTR_REPLACE));
    SHOW(setxattr("f", ACCESS, &acl, size, XATTR_CREATE));
    SHOW(setxattr("f", ACCESS, &acl, size, 4));
    SHOW(getxattr("f", ACCESS, NULL, 0));
    SHOW(getxattr("f", ACCESS, small, sizeof small));
    SHOW(getxattr("f", ACCESS, &acl, sizeof acl));
    void *volatile bad = BAD;
    SHOW(getxattr("f", ACCESS, bad, 64));
    list_names("f");
    SHOW(listxattr("f", small, sizeof small));
    MUST(setxattr("f", "user.a", "x", 1, 0));
    list_names("f");
    SHOW(setxattr("f", DEFAULT, &acl, size, 0));
    SHOW(setxattr("f", DEFAULT, NULL, 0, 0));
    SHOW(setxattr("f", DEFAULT, "x", 1, 0));
    SHOW(setxattr("d", DEFAULT, &acl, size, 0));
    SHOW(setxattr("d", ACCESS, &acl, size, 0));
    show_acl("d");
    list_names("d");
    SHOW(setxattr("p", ACCESS, &acl, size, 0));
    show_acl("p");
    SHOW(lsetxattr("l", ACCESS, &acl, size, 0));
    SHOW(lgetxattr("l", ACCESS, &acl, sizeof acl));
    SHOW(lremovexattr("l", ACCESS));
    SHOW(lsetxattr("l", DEFAULT, &acl, size, 0));
    SHOW(setxattr("l", ACCESS, &acl, size, 0));
    SHOW(setxattr("none", ACCESS, &acl, size, 0));
    SHOW(setxattr("f", "system.posix_acl", &acl, size, 0));
    SHOW(setxattr("f", "system.posix_acl_accessx", &acl, size, 0));
    SHOW(getxattr("f", "system.posix_acl_accessx", &acl, size));
    SHOW(removexattr("f", "system.posix_acl_accessx"));
    SHOW(getxattr("/proc/self/status", ACCESS, &acl, size));
    SHOW(setxattr("/proc/self/status", ACCESS, &acl, size, 0));
    SHOW(removexattr("/proc/self/status", ACCESS));
    SHOW(removexattr("f", ACCESS));
    show_acl("f");
    SHOW(setxattr("d", DEFAULT, NULL, 0, 0));
    SHOW(removexattr("d", ACCESS));
    show_acl("d");
    list_names("d");
    int fd = (int)MUST(open("f", O_RDONLY));
    SHOW(fsetxattr(fd, ACCESS, &acl, size, 0));
    SHOW(fgetxattr(fd, ACCESS, NULL, 0));
    SHOW(fremovexattr(fd, ACCESS));
    close(fd);
    MUST(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(setxattr("f", ACCESS, &acl, size, 0));
    SHOW(removexattr("f", ACCESS));
    MUST(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND, NULL));
}

int main(void)
{
    own_tmpfs();
    orders();
    bytes();
    calls();
    return 0;
}
