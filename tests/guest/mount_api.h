// SPDX-License-Identifier: Apache-2.0
// The mount calls by descriptor, which Debian's C library does not have: numbers, structures and constants.
#ifndef MOUNT_API_H
#define MOUNT_API_H
#include "mount_ns.h"
#include <linux/mount.h>

#define NO (-100)

#ifndef FSCONFIG_CMD_CREATE_EXCL
#define FSCONFIG_CMD_CREATE_EXCL 8
#endif
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x200000
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000
#endif
#define STATX_UNIQUE STATX_MNT_ID_UNIQUE

__attribute__((unused)) static int open_tree_(int fd, const char *path, unsigned flags)
{
    return (int)syscall(428, fd, path, flags);
}

__attribute__((unused)) static int move_(int from, const char *old, int to, const char *new, unsigned flags)
{
    return (int)syscall(429, from, old, to, new, flags);
}

__attribute__((unused)) static int fsopen_(const char *type, unsigned flags) { return (int)syscall(430, type, flags); }

__attribute__((unused)) static int config(int fd, unsigned command, const char *key, const void *value, int aux)
{
    return (int)syscall(431, fd, command, key, value, aux);
}

__attribute__((unused)) static int fsmount_(int fd, unsigned flags, unsigned attributes)
{
    return (int)syscall(432, fd, flags, attributes);
}

__attribute__((unused)) static int pick(int fd, const char *path, unsigned flags)
{
    return (int)syscall(433, fd, path, flags);
}

struct attributes { uint64_t set, clear, propagation, userns; };

__attribute__((unused)) static int setattr_(int fd, const char *path, unsigned flags, const void *what, size_t size)
{
    return (int)syscall(442, fd, path, flags, what, size);
}

// The same with the parts as arguments.
__attribute__((unused)) static int change(int fd, const char *path, unsigned flags, uint64_t set, uint64_t clear,
    uint64_t propagation)
{
    struct attributes what = {set, clear, propagation, 0};
    return setattr_(fd, path, flags, &what, sizeof what);
}

__attribute__((unused)) static int set_string(int fd, const char *key, const char *value)
{
    return config(fd, FSCONFIG_SET_STRING, key, value, 0);
}

__attribute__((unused)) static int set_flag(int fd, const char *key) { return config(fd, FSCONFIG_SET_FLAG, key, NULL, 0); }

__attribute__((unused)) static int create(int fd) { return config(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0); }

__attribute__((unused)) static int reconfigure(int fd) { return config(fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0); }

// A detached tmpfs with a file that says which it is.
__attribute__((unused)) static int detached(const char *file)
{
    int fs = (int)MUST(fsopen_("tmpfs", FSOPEN_CLOEXEC));
    MUST(set_string(fs, "source", "detached"));
    MUST(create(fs));
    int fd = (int)MUST(fsmount_(fs, FSMOUNT_CLOEXEC, 0));
    close(fs);
    close((int)MUST(openat(fd, file, O_CREAT | O_WRONLY, 0644)));
    return fd;
}

// All that the log of a context says.
__attribute__((unused)) static void show_log(int fd)
{
    char text[1024];
    ssize_t n;
    while ((n = read(fd, text, sizeof text - 1)) > 0) {
        text[n] = 0;
        say("  log: %s|", text);
    }
    say("  log ends: %s", n == 0 ? "end" : err_name(errno));
}

// Flags, options and propagation of the topmost mount at a path below top.
__attribute__((unused)) static void show_mount_options(const char *name)
{
    char want[256], line[4096], found[1024] = "none";
    snprintf(want, sizeof want, *name ? "%s/%s" : "%s", top, name);
    FILE *file = fopen("/proc/self/mountinfo", "re");
    int count = 0;
    while (file && fgets(line, sizeof line, file)) {
        char root[256], place[256], options[256], rest[512];
        if (sscanf(line, "%*d %*d %*s %255s %255s %255s %511[^\n]", root, place, options, rest) != 4
            || strcmp(place, want) != 0) { continue; }
        count++;
        char *dash = strstr(rest, "- ");
        snprintf(found, sizeof found, "%s %s %s", root, options, dash ? dash + 2 : "?");
    }
    if (file) { fclose(file); }
    say("  %s: %d %s", name, count, found);
}

__attribute__((unused)) static uint64_t unique_id(int fd, const char *path)
{
    struct statx st;
    memset(&st, 0, sizeof st);
    MUST(syscall(SYS_statx, fd, path, AT_EMPTY_PATH, STATX_UNIQUE, &st));
    return st.stx_mnt_id;
}
#endif
