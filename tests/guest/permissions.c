// SPDX-License-Identifier: Apache-2.0
// What owner, group and others may do: open, execute, search, list, sticky directories, access(2),
// faccessat(2), as the caller is.
// What a user may execute and not read cannot be executed on files of the host (docs/status.md): there as root only.
// @places overlay,layer:root,volume:root,tmpfs
#include "t.h"

static void tries(const char *name)
{
    char made[300];
    say("%s: r %s w %s", name, open(name, O_RDONLY) == -1 ? err_name(errno) : "ok",
        open(name, O_WRONLY) == -1 ? err_name(errno) : "ok");
    say("  access R %d W %d X %d F %d", access(name, R_OK), access(name, W_OK), access(name, X_OK),
        access(name, F_OK));
    snprintf(made, sizeof made, "%s/inside", name);
    say("  stat inside: %s", access(made, F_OK) == -1 ? err_name(errno) : "ok");
    say("  create inside: %s", open(made, O_CREAT | O_WRONLY, 0600) == -1 ? err_name(errno) : "ok");
}

int main(void)
{
    umask(0);
    int modes[] = { 0, 0400, 0200, 0100, 0600, 0500, 0700, 0070, 0007 };
    for (int i = 0; i < 9; i++) {
        char name[32];
        snprintf(name, sizeof name, "file%o", modes[i]);
        put_file(name, "#!/bin/sh\nexit 3\n", modes[i]);
        tries(name);
        CHILD("  exec", execl(name, name, NULL); _exit(100 + errno));
        snprintf(name, sizeof name, "dir%o", modes[i]);
        MUST(mkdir(name, modes[i]));
        tries(name);
        say("  remove %s", unlinkat(AT_FDCWD, name, AT_REMOVEDIR) == -1 ? err_name(errno) : "ok");
        chmod(name, 0700);
    }
    SHOW(access("missing", F_OK));
    SHOW(access("", F_OK));
    SHOW(access("file600", 64));
    SHOW(syscall(SYS_access, BAD, F_OK));
    SHOW(faccessat(AT_FDCWD, "file600", R_OK, AT_EACCESS));
    SHOW(faccessat(99, "file600", R_OK, 0));
    SHOW(faccessat(AT_FDCWD, "file600", R_OK, 0x10));
    SHOW(syscall(SYS_faccessat2, AT_FDCWD, "file600", R_OK, 0x10000));
    MUST(symlink("nowhere", "dangling"));
    SHOW(faccessat(AT_FDCWD, "dangling", F_OK, 0));
    SHOW(syscall(SYS_faccessat2, AT_FDCWD, "dangling", F_OK, AT_SYMLINK_NOFOLLOW));
    SHOW(access("/etc/shadow", R_OK));
    SHOW(access("/root", X_OK));
    SHOW(access("/etc/passwd", W_OK));
    SHOW(access("/usr/bin/env", X_OK));
    if (getuid() == 0) {
        // As another user: what root made is not ours.
        MUST(mkdir("sticky", 01777));
        put_file("sticky/roots", "x", 0666);
        put_file("others", "x", 0604);
        MUST(chown("others", 1234, 1234));
        CHILD("as uid 1234", {
            MUST(setresgid(1234, 1234, 1234));
            MUST(setresuid(1234, 1234, 1234));
            SHOW(unlink("sticky/roots"));
            SHOW(rename("sticky/roots", "sticky/mine"));
            SHOW(open("file600", O_RDONLY));
            SHOW(chmod("file600", 0777));
            SHOW(chown("file600", 1234, 1234));
            OK(open("others", O_WRONLY));
            SHOW(chown("others", 1235, -1));
            SHOW(chown("others", -1, 1234));
            SHOW(chmod("others", 06777));
            struct stat s;
            stat("others", &s);
            say("mode %o", s.st_mode);
            SHOW(utimensat(AT_FDCWD, "file600", NULL, 0));
            SHOW(mkdir("dir700/x", 0700));
            SHOW(link("file600", "sticky/hard"));
        });
    }
    return 0;
}
