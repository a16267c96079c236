// SPDX-License-Identifier: Apache-2.0
// What the Landlock tests share: bare calls, the third ABI's rights, domains in children.
#ifndef LANDLOCK_H
#define LANDLOCK_H
#include "t.h"
#include <linux/landlock.h>
#include <sys/prctl.h>

#define FS(name) LANDLOCK_ACCESS_FS_##name
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#define ALL_RIGHTS ((1ULL << 15) - 1)
#define FILE_RIGHTS (FS(EXECUTE) | FS(WRITE_FILE) | FS(READ_FILE) | FS(TRUNCATE))

#define create_ruleset(attributes, size, flags) \
    (int)syscall(444, (long)(attributes), (long)(size), (long)(flags))
#define add_rule(ruleset, type, attributes, flags) \
    (int)syscall(445, (long)(ruleset), (long)(type), (long)(attributes), (long)(flags))
#define restrict_self(ruleset, flags) (int)syscall(446, (long)(ruleset), (long)(flags))

__attribute__((unused)) static int ruleset_of(uint64_t handled)
{
    struct landlock_ruleset_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.handled_access_fs = handled;
    return (int)MUST(create_ruleset(&attributes, 8, 0));
}

__attribute__((unused)) static int try_allow(int ruleset, const char *path, uint64_t rights)
{
    int fd = (int)MUST(open(path, O_PATH | O_CLOEXEC));
    struct landlock_path_beneath_attr rule = { .allowed_access = rights, .parent_fd = fd };
    int result = add_rule(ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    int error = errno;
    close(fd);
    errno = error;
    return result;
}

__attribute__((unused)) static void allow(int ruleset, const char *path, uint64_t rights)
{
    MUST(try_allow(ruleset, path, rights));
}

__attribute__((unused)) static void enter(int ruleset)
{
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    MUST(restrict_self(ruleset, 0));
    MUST(close(ruleset));
}

// Opens, closes; 0 or -1.
__attribute__((unused)) static int try_open(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC, 0666);
    if (fd >= 0) { close(fd); }
    return fd < 0 ? -1 : 0;
}
#endif
