// SPDX-License-Identifier: Apache-2.0
// File handles, as name_to_handle_at(2) makes and open_by_handle_at(2) takes them.
#ifndef HANDLES_H
#define HANDLES_H
#include "own_tmpfs.h"

#define FID 0x200
#define HANDLE_ROOM 128

typedef struct { unsigned bytes; int type; unsigned char data[HANDLE_ROOM + 8]; } Handle;

__attribute__((unused)) static long name(int dir, const char *path, Handle *handle, int *mount_id, int flags)
{
    return syscall(SYS_name_to_handle_at, dir, path, handle, mount_id, flags);
}

__attribute__((unused)) static long by(int dir, Handle *handle, int flags)
{
    return syscall(SYS_open_by_handle_at, dir, handle, flags);
}

__attribute__((unused)) static long tries(int dir, Handle *handle, int flags)
{
    long fd = by(dir, handle, flags);
    if (fd >= 0) { close((int)fd); }
    return fd >= 0 ? 0 : -1;
}

__attribute__((unused)) static Handle of(const char *path)
{
    Handle handle = {.bytes = HANDLE_ROOM};
    int id;
    MUST(name(AT_FDCWD, path, &handle, &id, 0));
    return handle;
}

#endif
