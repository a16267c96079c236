// SPDX-License-Identifier: Apache-2.0
// chmod(2), fchmod, fchmodat, chown(2) and its relations, umask(2), set-id bits that are cleared.
// Writes of root to files of the host take set-id bits away (docs/status.md): volumes and layers as a user only.
// @places overlay,layer:user,volume:user,tmpfs
#include "t.h"

static void mode_of(const char *path)
{
    struct stat s;
    MUST(lstat(path, &s));
    say("  %s %o %d %d", path, s.st_mode, s.st_uid == getuid() ? -1 : (int)s.st_uid,
        s.st_gid == getgid() ? -1 : (int)s.st_gid);
}

int main(void)
{
    say("umask was set %d", umask(027) >= 0);
    SHOW(umask(0777));
    SHOW(umask(01777777));
    SHOW(umask(022));
    put_file("f", "text", 0644);
    MUST(mkdir("d", 0755));
    MUST(symlink("f", "l"));
    int modes[] = { 0, 0777, 04755, 02755, 01777, 06777, 0644 };
    for (int i = 0; i < 7; i++) {
        SHOW(chmod("f", modes[i]));
        mode_of("f");
        SHOW(chmod("d", modes[i]));
        mode_of("d");
    }
    SHOW(chmod("d", 0755));
    SHOW(chmod("missing", 0644));
    SHOW(chmod("", 0644));
    SHOW(chmod("f/x", 0644));
    SHOW(syscall(SYS_chmod, BAD, 0644));
    SHOW(chmod("l", 0600));
    mode_of("f");
    mode_of("l");
    int fd = (int)MUST(open("f", O_RDONLY));
    SHOW(fchmod(fd, 0640));
    mode_of("f");
    SHOW(fchmod(99, 0640));
    SHOW(fchmodat(AT_FDCWD, "f", 0600, 0));
    SHOW(syscall(SYS_fchmodat, 99, "f", 0600));
    SHOW(chmod("f", 0177777));
    mode_of("f");
    SHOW(chown("f", -1, -1));
    mode_of("f");
    SHOW(chown("f", getuid(), getgid()));
    SHOW(lchown("l", getuid(), -1));
    SHOW(fchown(fd, -1, getgid()));
    SHOW(fchown(99, -1, -1));
    SHOW(chown("missing", -1, -1));
    SHOW(fchownat(fd, "", -1, -1, AT_EMPTY_PATH));
    SHOW(fchownat(AT_FDCWD, "l", -1, -1, AT_SYMLINK_NOFOLLOW));
    SHOW(fchownat(AT_FDCWD, "f", -1, -1, 64));
    SHOW(chown("f", 12345, -1));
    SHOW(chown("f", -1, 54321));
    mode_of("f");
    MUST(chmod("f", 0644) == -1 && errno != EPERM ? -1 : 0);
    put_file("setid", "x", 0644);
    SHOW(chmod("setid", 06755));
    fd = (int)MUST(open("setid", O_WRONLY));
    SHOW(write(fd, "y", 1));
    mode_of("setid");
    SHOW(chmod("setid", 06755));
    SHOW(truncate("setid", 0));
    mode_of("setid");
    SHOW(chmod("d", 02777));
    put_file("d/inherits", "x", 0644);
    MUST(mkdir("d/sub", 0755));
    mode_of("d/sub");
    return 0;
}
