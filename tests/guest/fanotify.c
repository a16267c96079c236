// SPDX-License-Identifier: Apache-2.0
// fanotify(7) with descriptors: fanotify_init(2) and fanotify_mark(2) with their errors, marks on files, directories,
// mounts and file systems, what is ignored, and the queue. On a tmpfs.
// @identities root
// @places overlay,layer,volume,tmpfs
#include "fan.h"

#define INIT (FAN_CLASS_NOTIF | FAN_NONBLOCK | FAN_CLOEXEC)

static void refusals(void)
{
    SHOW(fanotify_init(0x80000000, O_RDONLY));
    SHOW(fanotify_init(FAN_CLASS_CONTENT | FAN_CLASS_PRE_CONTENT, O_RDONLY));
    SHOW(fanotify_init(INIT, 3));
    SHOW(fanotify_init(INIT, O_CREAT));
    SHOW(fanotify_init(INIT, O_RDONLY | O_DIRECTORY));
    SHOW(fanotify_init(INIT | FAN_REPORT_NAME, O_RDONLY));
    SHOW(fanotify_init(INIT | FAN_REPORT_FID | FAN_REPORT_TARGET_FID, O_RDONLY));
    SHOW(fanotify_init(INIT | FAN_REPORT_DFID_NAME | FAN_REPORT_TARGET_FID, O_RDONLY));
    SHOW(fanotify_init(FAN_CLASS_CONTENT | FAN_REPORT_FID, O_RDONLY));
    SHOW(fanotify_init(INIT | FAN_REPORT_PIDFD | FAN_REPORT_TID, O_RDONLY));
    int fan = (int)MUST(fanotify_init(INIT, O_RDWR | O_APPEND | O_NONBLOCK | O_SYNC | O_NOATIME | O_CLOEXEC | O_LARGEFILE));
    say("flags %x, cloexec %d", fcntl(fan, F_GETFL), fcntl(fan, F_GETFD));
    say("%s", path_of(fan));
    SHOW(fanotify_mark(99, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(0, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file") == -1 ? errno : 0);
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, 0, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_REMOVE, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, 0, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | 0x8000, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, 1ULL << 40, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_Q_OVERFLOW, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_CREATE, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_ATTRIB, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_DELETE_SELF, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN_PERM, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "none"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, 99, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, 99, NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, BAD));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_ONLYDIR, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH, FAN_OPEN, AT_FDCWD, NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_ADD, 0, AT_FDCWD, NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_DONT_FOLLOW, 0, AT_FDCWD, NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_MOUNT, 0, AT_FDCWD, NULL));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORE, FAN_OPEN, AT_FDCWD, "dir"));
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORE | FAN_MARK_IGNORED_MASK, FAN_OPEN, AT_FDCWD, "dir"));
    char small[8];
    SHOW(fanotify_mark(fan, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, "file"));
    close((int)MUST(open("file", O_RDONLY)));
    SHOW(read(fan, small, sizeof small));
    SHOW(write(fan, "x", 1));
    SHOW(lseek(fan, 0, SEEK_CUR));
    events("too small", fan, -1);
    close(fan);
}

static void file_marks(void)
{
    int fan = (int)MUST(fanotify_init(INIT, O_RDONLY));
    const uint64_t all = FAN_ACCESS | FAN_MODIFY | FAN_OPEN | FAN_CLOSE;
    MUST(fanotify_mark(fan, FAN_MARK_ADD, all, AT_FDCWD, "file"));
    events("nothing", fan, -1);
    int fd = (int)MUST(open("file", O_RDWR));
    events("open", fan, -1);
    char byte;
    MUST(read(fd, &byte, 1));
    MUST(read(fd, &byte, 1));
    events("read", fan, -1);
    MUST(write(fd, "x", 1));
    events("write", fan, -1);
    MUST(ftruncate(fd, 3));
    events("truncate", fan, -1);
    close(fd);
    events("close", fan, -1);
    close((int)MUST(open("file", O_RDONLY)));
    fd = (int)MUST(open("file", O_WRONLY));
    MUST(write(fd, "x", 1));
    close(fd);
    events("merged", fan, -1);
    CHILD("child", close((int)MUST(open("file", O_RDONLY))));
    close((int)MUST(open("file", O_RDONLY)));
    events("two processes", fan, -1);
    MUST(chmod("file", 0600));
    MUST(link("file", "linked"));
    close((int)MUST(open("linked", O_RDONLY)));
    MUST(unlink("linked"));
    events("other name", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_CLOSE, AT_FDCWD, "file"));
    close((int)MUST(open("file", O_RDONLY)));
    events("no more closes", fan, -1);
    SHOW(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_MOVE_SELF, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_REMOVE, all, AT_FDCWD, "file"));
    SHOW(fanotify_mark(fan, FAN_MARK_REMOVE, all, AT_FDCWD, "file"));
    close((int)MUST(open("file", O_RDONLY)));
    events("no mark", fan, -1);
    // The descriptor that comes with an event makes none.
    MUST(fanotify_mark(fan, FAN_MARK_ADD, all, AT_FDCWD, "file"));
    close((int)MUST(open("file", O_RDONLY)));
    char event[FAN_EVENT_METADATA_LEN];
    MUST(read(fan, event, sizeof event));
    fd = ((struct fanotify_event_metadata *)event)->fd;
    SHOW(read(fd, &byte, 1));
    say("flags %x", fcntl(fd, F_GETFL) & O_ACCMODE);
    SHOW(write(fd, "x", 1));
    close(fd);
    events("by descriptor", fan, -1);
    close(fan);
}

static void directory_marks(void)
{
    int fan = (int)MUST(fanotify_init(INIT, O_RDONLY));
    const uint64_t some = FAN_OPEN | FAN_CLOSE_WRITE | FAN_CLOSE_NOWRITE;
    MUST(fanotify_mark(fan, FAN_MARK_ADD, some, AT_FDCWD, "dir"));
    close((int)MUST(open("dir", O_RDONLY)));
    touch("dir/a");
    events("not for children or directories", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_ONDIR, AT_FDCWD, "dir"));
    close((int)MUST(open("dir", O_RDONLY)));
    touch("dir/a");
    events("for the directory", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_ADD, FAN_EVENT_ON_CHILD, AT_FDCWD, "dir"));
    MUST(mkdir("dir/sub", 0755));
    touch("dir/a");
    touch("dir/sub/b");
    close((int)MUST(open("dir/sub", O_RDONLY)));
    events("for children", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE, FAN_ONDIR, AT_FDCWD, "dir"));
    touch("dir/a");
    close((int)MUST(open("dir/sub", O_RDONLY)));
    events("for children that are none", fan, -1);
    close(fan);
}

static void wide_marks(void)
{
    int fan = (int)MUST(fanotify_init(INIT, O_RDONLY));
    MUST(mkdir("bind", 0755));
    MUST(mount("dir", "bind", NULL, MS_BIND, NULL));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "bind"));
    touch("dir/a");
    events("not through this mount", fan, -1);
    touch("bind/a");
    events("through this", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE | FAN_MARK_MOUNT, FAN_OPEN, AT_FDCWD, "bind/a"));
    touch("bind/a");
    events("not any more", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "bind"));
    touch("dir/a");
    events("file system", fan, -1);
    touch("bind/a");
    events("file system through the other mount", fan, -1);
    SHOW(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT | FAN_MARK_IGNORED_MASK, FAN_OPEN, AT_FDCWD, "bind"));
    touch("bind/a");
    touch("dir/a");
    events("mount ignored", fan, -1);
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_MOUNT, 0, AT_FDCWD, NULL));
    touch("bind/a");
    events("mount marks flushed", fan, -1);
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH, 0, AT_FDCWD, NULL));
    touch("bind/a");
    events("inode marks flushed", fan, -1);
    SHOW(fanotify_mark(fan, FAN_MARK_FLUSH | FAN_MARK_FILESYSTEM, 0, AT_FDCWD, NULL));
    touch("bind/a");
    events("file system marks flushed", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN_EXEC, AT_FDCWD, "."));
    touch("dir/a");
    events("nothing executed", fan, -1);
    MUST(umount2("bind", 0));
    close(fan);
}

static void ignored(void)
{
    int fan = (int)MUST(fanotify_init(INIT, O_RDONLY)), fd;
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_MOUNT, FAN_OPEN | FAN_CLOSE_WRITE | FAN_MODIFY, AT_FDCWD, "."));
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK, FAN_OPEN, AT_FDCWD, "file"));
    touch("file");
    events("opens ignored", fan, -1);
    fd = (int)MUST(open("file", O_WRONLY));
    MUST(write(fd, "x", 1));
    close(fd);
    events("until it is modified", fan, -1);
    touch("file");
    events("after it was modified", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_IGNORED_MASK | FAN_MARK_IGNORED_SURV_MODIFY,
        FAN_OPEN | FAN_MODIFY, AT_FDCWD, "file"));
    fd = (int)MUST(open("file", O_WRONLY));
    MUST(write(fd, "x", 1));
    close(fd);
    touch("file");
    events("survives", fan, -1);
    MUST(fanotify_mark(fan, FAN_MARK_REMOVE | FAN_MARK_IGNORED_MASK, FAN_OPEN, AT_FDCWD, "file"));
    touch("file");
    events("no more ignored", fan, -1);
    close(fan);
}

static void queue(void)
{
    int fan = (int)MUST(fanotify_init(INIT, O_RDONLY));
    struct pollfd one = {fan, POLLIN, 0};
    MUST(fanotify_mark(fan, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, FAN_OPEN, AT_FDCWD, "."));
    SHOW(poll(&one, 1, 0));
    touch("file");
    touch("dir/a");
    SHOW(poll(&one, 1, 0));
    int bytes = 0;
    SHOW(ioctl(fan, 0x541b, &bytes));
    say("%d bytes wait", bytes);
    char room[FAN_EVENT_METADATA_LEN + 8];
    ssize_t n = SHOW(read(fan, room, sizeof room));
    if (n > 0) { close(((struct fanotify_event_metadata *)room)->fd); }
    events("the other", fan, -1);
    // A file that is gone when its event is read.
    touch("gone");
    MUST(unlink("gone"));
    events("gone", fan, -1);
    struct rlimit few = {0, 0}, was;
    getrlimit(RLIMIT_NOFILE, &was);
    touch("file");
    few.rlim_max = was.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    SHOW(read(fan, room, sizeof room));
    setrlimit(RLIMIT_NOFILE, &was);
    events("after EMFILE", fan, -1);
    void *volatile bad = BAD;
    touch("file");
    SHOW(read(fan, bad, 100));
    int next = (int)MUST(dup(0));
    close(next);
    events("after EFAULT", fan, -1);
    close(fan);
}

int main(void)
{
    own_tmpfs();
    put_file("file", "content", 0644);
    MUST(mkdir("dir", 0755));
    refusals();
    file_marks();
    directory_marks();
    wide_marks();
    ignored();
    queue();
    return 0;
}
