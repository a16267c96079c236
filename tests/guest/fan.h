// SPDX-License-Identifier: Apache-2.0
// fanotify(7): reading events and saying what is in them, without numbers that differ from run to run.
#ifndef FAN_H
#define FAN_H
#include "own_tmpfs.h"
#include <sys/fanotify.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>

static const struct { uint64_t bit; const char *name; } fan_bits[] = {
    {FAN_ACCESS, "ACCESS"}, {FAN_MODIFY, "MODIFY"}, {FAN_ATTRIB, "ATTRIB"}, {FAN_CLOSE_WRITE, "CLOSE_WRITE"},
    {FAN_CLOSE_NOWRITE, "CLOSE_NOWRITE"}, {FAN_OPEN, "OPEN"}, {FAN_MOVED_FROM, "MOVED_FROM"},
    {FAN_MOVED_TO, "MOVED_TO"}, {FAN_CREATE, "CREATE"}, {FAN_DELETE, "DELETE"}, {FAN_DELETE_SELF, "DELETE_SELF"},
    {FAN_MOVE_SELF, "MOVE_SELF"}, {FAN_OPEN_EXEC, "OPEN_EXEC"}, {FAN_Q_OVERFLOW, "Q_OVERFLOW"},
    {FAN_OPEN_PERM, "OPEN_PERM"}, {FAN_ACCESS_PERM, "ACCESS_PERM"}, {FAN_OPEN_EXEC_PERM, "OPEN_EXEC_PERM"},
    {FAN_RENAME, "RENAME"}, {FAN_ONDIR, "ONDIR"}, {FAN_EVENT_ON_CHILD, "ON_CHILD"},
};

__attribute__((unused)) static void mask_text(char *line, size_t size, uint64_t mask)
{
    size_t n = strlen(line);
    for (unsigned i = 0; i < sizeof fan_bits / sizeof *fan_bits; i++) {
        if (mask & fan_bits[i].bit) { n += snprintf(line + n, size - n, " %s", fan_bits[i].name); }
        mask &= ~fan_bits[i].bit;
    }
    if (mask) { snprintf(line + n, size - n, " %lx", (unsigned long)mask); }
}

__attribute__((unused)) static const char *path_of(int fd)
{
    static char target[512];
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    target[n < 0 ? 0 : n] = 0;
    return target;
}

// Opens what a record names by its handle, and says what it is.
__attribute__((unused)) static void info_text(char *line, size_t size, const char *info, int place)
{
    static const char *const types[] = {"0", "FID", "DFID_NAME", "DFID", "PIDFD", "ERROR"};
    const struct fanotify_event_info_fid *fid = (const void *)info;
    size_t n = strlen(line);
    unsigned type = fid->hdr.info_type;
    n += snprintf(line + n, size - n, " [%s", type < 6 ? types[type] : type == 10 ? "OLD" : type == 12 ? "NEW" : "?");
    if (type == FAN_EVENT_INFO_TYPE_PIDFD) {
        const struct fanotify_event_info_pidfd *pid = (const void *)info;
        n += snprintf(line + n, size - n, " %s", pid->pidfd >= 0 ? "fd" : "none");
        if (pid->pidfd >= 0) { close(pid->pidfd); }
    } else {
        struct statfs fs;
        fstatfs(place, &fs);
        struct file_handle *handle = (struct file_handle *)fid->handle;
        n += snprintf(line + n, size - n, " %s", memcmp(&fs.f_fsid, &fid->fsid, 8) == 0 ? "here" : "elsewhere");
        long fd = syscall(SYS_open_by_handle_at, place, handle, O_PATH);
        n += snprintf(line + n, size - n, " %s", fd >= 0 ? path_of((int)fd) : err_name(errno));
        if (fd >= 0) { close((int)fd); }
        if (type == FAN_EVENT_INFO_TYPE_DFID_NAME || type >= 10) {
            n += snprintf(line + n, size - n, " \"%s\"", (const char *)handle->f_handle + handle->handle_bytes);
        }
    }
    snprintf(line + n, size - n, "]");
}

// All events that wait; with where handles are opened from.
__attribute__((unused)) static void events(const char *what, int fan, int place)
{
    static char buffer[1 << 16] __attribute__((aligned(8)));
    say("-- %s", what);
    ssize_t n;
    while ((n = read(fan, buffer, sizeof buffer)) > 0) {
        struct fanotify_event_metadata *event = (void *)buffer;
        for (; FAN_EVENT_OK(event, n); event = FAN_EVENT_NEXT(event, n)) {
            char line[2048] = "";
            mask_text(line, sizeof line, event->mask);
            size_t used = strlen(line);
            used += snprintf(line + used, sizeof line - used, " by %s",
                event->pid == getpid() ? "self" : event->pid == 0 ? "nobody" : "other");
            if (event->fd >= 0) {
                snprintf(line + used, sizeof line - used, " fd %s", path_of(event->fd));
                close(event->fd);
            } else if (event->fd != FAN_NOFD) {
                snprintf(line + used, sizeof line - used, " fd %d", event->fd);
            }
            const char *info = (const char *)event + event->metadata_len;
            while (info < (const char *)event + event->event_len) {
                info_text(line, sizeof line, info, place);
                uint16_t length = ((const struct fanotify_event_info_header *)info)->len;
                if (length == 0) { break; }
                info += length;
            }
            say(" %s", line);
        }
    }
    if (n == 0 || errno != EAGAIN) { say("read %zd %s", n, err_name(errno)); }
}

__attribute__((unused)) static void touch(const char *path)
{
    close((int)MUST(open(path, O_CREAT | O_WRONLY, 0644)));
}
#endif
