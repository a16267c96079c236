// SPDX-License-Identifier: Apache-2.0
// fanotify(7) with file handles: FAN_REPORT_FID, DIR_FID, NAME and TARGET_FID, events of names, and what whom the
// privilege is lacking may do. On a tmpfs.
// @identities root
#include "fan.h"

#define INIT (FAN_CLASS_NOTIF | FAN_NONBLOCK)

static int place;

static void all_kinds(const char *what, unsigned flags, unsigned mark, uint64_t mask, const char *path)
{
    say("==== %s", what);
    int fan = (int)MUST(fanotify_init(INIT | flags, O_RDONLY));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | mark, mask, AT_FDCWD, path));
    touch("dir/file");
    events("create and open", fan, place);
    MUST(chmod("dir/file", 0600));
    events("attributes", fan, place);
    int fd = (int)MUST(open("dir/file", O_RDWR));
    MUST(write(fd, "x", 1));
    char byte;
    MUST(pread(fd, &byte, 1, 0));
    close(fd);
    events("written", fan, place);
    MUST(truncate("dir/file", 10));
    events("truncated", fan, place);
    MUST(mkdir("dir/sub", 0755));
    events("mkdir", fan, place);
    close((int)MUST(open("dir/sub", O_RDONLY)));
    events("directory opened", fan, place);
    close((int)MUST(open("dir", O_RDONLY)));
    events("itself opened", fan, place);
    MUST(rename("dir/file", "dir/renamed"));
    events("renamed", fan, place);
    MUST(rename("dir/renamed", "dir/sub/moved"));
    events("moved", fan, place);
    MUST(rename("dir/sub/moved", "dir/file"));
    MUST(link("dir/file", "dir/link"));
    // What two names lead to would be shown by any of them.
    MUST(unlink("dir/link"));
    events("linked", fan, place);
    touch("dir/over");
    MUST(rename("dir/over", "dir/file"));
    events("replaced", fan, place);
    MUST(unlink("dir/file"));
    events("unlinked", fan, place);
    MUST(rmdir("dir/sub"));
    events("rmdir", fan, place);
    MUST(chmod("dir", 0755));
    events("itself", fan, place);
    if ((flags & FAN_REPORT_NAME) == 0) {
        // Its name is a number.
        close((int)MUST(open("dir", O_TMPFILE | O_RDWR, 0600)));
        events("temporary", fan, place);
    }
    close(fan);
}

static const uint64_t names = FAN_CREATE | FAN_DELETE | FAN_MOVED_FROM | FAN_MOVED_TO;
static const uint64_t own = FAN_ATTRIB | FAN_DELETE_SELF | FAN_MOVE_SELF | FAN_MODIFY;
static const uint64_t opens = FAN_OPEN | FAN_CLOSE | FAN_ACCESS;

static void refusals(void)
{
    int fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_FID, O_RDONLY));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_CREATE, AT_FDCWD, "."));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_ATTRIB, AT_FDCWD, "."));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "."));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_RENAME, AT_FDCWD, "."));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_CREATE, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB | FAN_ONDIR, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB | FAN_EVENT_ON_CHILD, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "/proc/version"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "/proc"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "/proc"));
    int ends[2];
    MUST(pipe(ends));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, ends[0], NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, ends[0], NULL));
    close(fan);
    fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_DFID_NAME_TARGET, O_RDONLY));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_CREATE, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB | FAN_ONDIR, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB | FAN_EVENT_ON_CHILD, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB, AT_FDCWD, "plain"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_RENAME, AT_FDCWD, "."));
    close(fan);
}

static void self_marks(void)
{
    int fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_FID, O_RDONLY));
    touch("file");
    MUST(fanotify_mark(fan, FAN_MARK_ADD, own, AT_FDCWD, "file"));
    MUST(rename("file", "file2"));
    MUST(chmod("file2", 0600));
    events("moved and changed", fan, place);
    int fd = (int)MUST(open("file2", O_RDONLY));
    MUST(unlink("file2"));
    events("unlinked, open", fan, place);
    close(fd);
    events("gone", fan, place);
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
    close(fan);
    fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_DFID_NAME, O_RDONLY));
    MUST(mkdir("box", 0755));
    touch("box/file");
    MUST(fanotify_mark(fan, FAN_MARK_ADD, own | FAN_OPEN, AT_FDCWD, "box/file"));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, own | FAN_ONDIR, AT_FDCWD, "box"));
    close((int)MUST(open("box/file", O_RDONLY)));
    MUST(chmod("box/file", 0640));
    MUST(chmod("box", 0700));
    events("named", fan, place);
    MUST(rename("box", "crate"));
    events("directory moved", fan, place);
    MUST(unlink("crate/file"));
    MUST(rmdir("crate"));
    events("all gone", fan, place);
    close(fan);
}

static void overflow(void)
{
    int fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_DFID_NAME, O_RDONLY));
    char name[32];
    MUST(mkdir("many", 0755));
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_CREATE, AT_FDCWD, "many"));
    for (int i = 0; i < 16384 + 50; i++) {
        snprintf(name, sizeof name, "many/%d", i);
        MUST(mknod(name, S_IFREG | 0644, 0));
    }
    static char buffer[1 << 16] __attribute__((aligned(8)));
    int count = 0, last = 0;
    ssize_t n;
    while ((n = read(fan, buffer, sizeof buffer)) > 0) {
        struct fanotify_event_metadata *event = (void *)buffer;
        for (; FAN_EVENT_OK(event, n); event = FAN_EVENT_NEXT(event, n)) {
            count++;
            last = event->mask == FAN_Q_OVERFLOW;
            if (last) { say("overflow: fd %d pid %d, %u bytes", event->fd, event->pid, event->event_len); }
        }
    }
    say("%d events, overflow %s", count, last ? "last" : "not last");
    close(fan);
}

static void rights(void)
{
    MUST(chmod(".", 0777));
    MUST(mkdir("mine", 0755));
    MUST(chown("mine", 65534, 65534));
    MUST(mkdir("closed", 0700));
    CHILD("ordinary user",
        MUST(setgid(65534));
        MUST(setuid(65534));
        SHOW(fanotify_init(INIT, O_RDONLY));
        SHOW(fanotify_init(INIT | FAN_REPORT_FID | FAN_UNLIMITED_QUEUE, O_RDONLY));
        SHOW(fanotify_init(INIT | FAN_REPORT_FID | FAN_UNLIMITED_MARKS, O_RDONLY));
        SHOW(fanotify_init(INIT | FAN_REPORT_FID | FAN_REPORT_TID, O_RDONLY));
        SHOW(fanotify_init(INIT | FAN_REPORT_FID | FAN_REPORT_PIDFD, O_RDONLY));
        SHOW(fanotify_init(FAN_CLASS_CONTENT, O_RDONLY));
        SHOW(fanotify_init(FAN_CLASS_CONTENT | FAN_REPORT_FID, O_RDONLY));
        int fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_DFID_NAME, O_RDONLY));
        SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "mine"));
        SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "mine"));
        SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "closed"));
        SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_CREATE | FAN_OPEN | FAN_EVENT_ON_CHILD, AT_FDCWD, "mine"));
        touch("mine/a");
        CHILD("another", touch("mine/b"));
        events("mine", fan, place));
    CHILD("own users",
        own_users();
        SHOW(fanotify_init(INIT, O_RDONLY));
        int fan = (int)MUST(fanotify_init(INIT | FAN_REPORT_FID, O_RDONLY));
        SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, ".")));
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("dir", 0755));
    touch("plain");
    place = (int)MUST(open(".", O_RDONLY));
    refusals();
    all_kinds("FID, file system", FAN_REPORT_FID, FAN_MARK_FILESYSTEM, names | own | opens | FAN_ONDIR, ".");
    all_kinds("FID, directory", FAN_REPORT_FID, 0, names | own | opens | FAN_ONDIR | FAN_EVENT_ON_CHILD, "dir");
    all_kinds("FID, directory only", FAN_REPORT_FID, 0, names | own, "dir");
    all_kinds("DIR_FID, directory", FAN_REPORT_DIR_FID, 0, names | own | opens | FAN_ONDIR | FAN_EVENT_ON_CHILD, "dir");
    all_kinds("DIR_FID and FID, file system", FAN_REPORT_DIR_FID | FAN_REPORT_FID, FAN_MARK_FILESYSTEM,
        names | own | FAN_ONDIR, ".");
    all_kinds("DFID_NAME, directory", FAN_REPORT_DFID_NAME, 0, names | own | FAN_OPEN | FAN_ONDIR | FAN_EVENT_ON_CHILD, "dir");
    all_kinds("DFID_NAME, file system", FAN_REPORT_DFID_NAME, FAN_MARK_FILESYSTEM, names | own | opens | FAN_ONDIR, ".");
    all_kinds("DFID_NAME_TARGET, directory", FAN_REPORT_DFID_NAME_TARGET, 0,
        names | own | FAN_RENAME | FAN_ONDIR | FAN_EVENT_ON_CHILD, "dir");
    all_kinds("DFID_NAME_TARGET, file system", FAN_REPORT_DFID_NAME_TARGET, FAN_MARK_FILESYSTEM,
        names | own | FAN_RENAME | FAN_ONDIR, ".");
    self_marks();
    overflow();
    rights();
    return 0;
}
