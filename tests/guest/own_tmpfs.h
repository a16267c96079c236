// SPDX-License-Identifier: Apache-2.0
// A tmpfs of one's own over /tmp, in a mount namespace of one's own: nothing is left behind.
#ifndef OWN_TMPFS_H
#define OWN_TMPFS_H
#include "t.h"
#include <sys/mount.h>
#include <sys/stat.h>

__attribute__((unused)) static void write_line(const char *path, const char *text)
{
    int fd = (int)MUST(open(path, O_WRONLY));
    MUST(write(fd, text, strlen(text)));
    close(fd);
}

// Root of a user namespace in which this user is the only one.
__attribute__((unused)) static void own_users(void)
{
    char line[64];
    uid_t uid = geteuid();
    gid_t gid = getegid();
    MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
    snprintf(line, sizeof line, "0 %d 1", uid);
    write_line("/proc/self/uid_map", line);
    write_line("/proc/self/setgroups", "deny");
    snprintf(line, sizeof line, "0 %d 1", gid);
    write_line("/proc/self/gid_map", line);
}

// The working directory becomes an empty tmpfs.
__attribute__((unused)) static void own_tmpfs(void)
{
    umask(022);
    if (geteuid() != 0) { own_users(); } else { MUST(unshare(CLONE_NEWNS)); }
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    MUST(mount("own", "/tmp", "tmpfs", 0, "mode=1777"));
    MUST(chdir("/tmp"));
}
#endif
