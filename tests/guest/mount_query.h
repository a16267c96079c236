// SPDX-License-Identifier: Apache-2.0
// statmount(2) and listmount(2): structures and names that Debian's headers do not have yet.
#ifndef MOUNT_QUERY_H
#define MOUNT_QUERY_H
#include "mount_api.h"
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

enum {
    SB_BASIC = 0x1, MNT_BASIC = 0x2, PROPAGATE_FROM = 0x4, MNT_ROOT = 0x8, MNT_POINT = 0x10, FS_TYPE = 0x20,
    MNT_NS_ID = 0x40, MNT_OPTS = 0x80, FS_SUBTYPE = 0x100, SB_SOURCE = 0x200, OPT_ARRAY = 0x400, OPT_SEC_ARRAY = 0x800,
    SUPPORTED = 0x1000, UIDMAP = 0x2000, GIDMAP = 0x4000,
};

#define ROOT_ID (~(uint64_t)0)
#define FIRST_ID (1ULL << 31)

struct request { uint32_t size, fd; uint64_t id, param, space; };

struct status {
    uint32_t size, mnt_opts;
    uint64_t mask;
    uint32_t major, minor;
    uint64_t magic;
    uint32_t sb_flags, fs_type;
    uint64_t id, parent;
    uint32_t old_id, old_parent;
    uint64_t attr, propagation, peers, master, from;
    uint32_t root, point;
    uint64_t space;
    uint32_t subtype, source, opt_num, opt_array, sec_num, sec_array;
    uint64_t supported;
    uint32_t uid_num, uidmap, gid_num, gidmap;
    uint64_t spare[43];
    char text[4096];
};

__attribute__((unused)) static int query(struct request *request, struct status *status, size_t size, unsigned flags)
{
    return (int)syscall(457, request, status, size, flags);
}

__attribute__((unused)) static int statmount_(uint64_t id, uint64_t mask, struct status *status, size_t size)
{
    struct request request = {32, 0, id, mask, 0};
    return query(&request, status, size, 0);
}

__attribute__((unused)) static long listmount_(uint64_t id, uint64_t last, uint64_t *ids, size_t count, unsigned flags)
{
    struct request request = {32, 0, id, last, 0};
    return syscall(458, &request, ids, count, flags);
}

// The mount that a path leads to.
__attribute__((unused)) static uint64_t id_at(const char *name) { return unique_id(NO, *name ? at(name) : top); }
#endif
