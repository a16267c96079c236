// SPDX-License-Identifier: Apache-2.0
// inotify(7): which call makes which events, in which order; flags of watches; reading, merging and errors.
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/xattr.h>

static int in;
static const char *const names[32] = { "ACCESS", "MODIFY", "ATTRIB", "CLOSE_WRITE", "CLOSE_NOWRITE", "OPEN",
    "MOVED_FROM", "MOVED_TO", "CREATE", "DELETE", "DELETE_SELF", "MOVE_SELF", "12", "UNMOUNT", "Q_OVERFLOW",
    "IGNORED", [30] = "ISDIR" };

// Prints all events that wait; cookies as "#n", numbered as they come.
static void events(const char *what)
{
    static uint32_t cookies[64];
    static int cookie_count;
    char buffer[16384] __attribute__((aligned(8)));
    char line[2048];
    int length = 0, n;
    line[0] = 0;
    while ((n = (int)read(in, buffer, sizeof buffer)) > 0) {
        for (char *p = buffer; p < buffer + n;) {
            struct inotify_event *e = (struct inotify_event *)p;
            length += snprintf(line + length, sizeof line - length, " %d:", e->wd);
            for (int bit = 0, first = 1; bit < 32; bit++) {
                if (e->mask >> bit & 1) {
                    length += snprintf(line + length, sizeof line - length, "%s%s", first ? "" : "|",
                        names[bit] ? names[bit] : "?");
                    first = 0;
                }
            }
            if (e->len) {
                length += snprintf(line + length, sizeof line - length, "(%s,%u)", e->name, e->len);
            }
            if (e->cookie) {
                int i = 0;
                while (i < cookie_count && cookies[i] != e->cookie) { i++; }
                if (i == cookie_count && i < 64) { cookies[cookie_count++] = e->cookie; }
                length += snprintf(line + length, sizeof line - length, "#%d", i);
            }
            p += sizeof *e + e->len;
        }
    }
    say("%s:%s%s%s", what, line, n == -1 && errno == EAGAIN ? "" : " read ",
        n == -1 && errno == EAGAIN ? "" : err_name(errno));
}

// Makes a call and prints its result and the events.
#define DO(call) (SHOW(call), events("  events"))

static void directory(void)
{
    char buffer[4096];
    MUST(mkdir("d", 0755));
    SHOW(inotify_add_watch(in, "d", IN_ALL_EVENTS));
    int fd = (int)MUST(open("d/a", O_RDWR | O_CREAT, 0644));
    events("create");
    DO(write(fd, "hello", 5));
    DO(write(fd, "", 0));
    DO(pread(fd, buffer, 5, 0));
    DO(pread(fd, buffer, 5, 100));
    struct iovec none = { buffer, 5 };
    DO(preadv(fd, &none, 1, 100));
    DO(pwrite(fd, "x", 1, 2));
    DO(ftruncate(fd, 3));
    DO(ftruncate(fd, 3));
    DO(truncate("d/a", 8));
    DO(fallocate(fd, 0, 0, 100));
    DO(fchmod(fd, 0600));
    DO(chmod("d/a", 0644));
    DO(chown("d/a", getuid(), getgid()));
    DO(fsync(fd));
    struct timespec both[2] = { { 1, 0 }, { 2, 0 } }, access[2] = { { 3, 0 }, { 0, UTIME_OMIT } },
                    modify[2] = { { 0, UTIME_OMIT }, { 4, 0 } }, omit[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
    DO(utimensat(AT_FDCWD, "d/a", both, 0));
    DO(utimensat(AT_FDCWD, "d/a", access, 0));
    DO(utimensat(AT_FDCWD, "d/a", modify, 0));
    DO(futimens(fd, omit));
    DO(lseek(fd, 0, SEEK_SET));
    int other = (int)MUST(open("d/b", O_RDWR | O_CREAT | O_EXCL, 0644));
    events("second");
    DO(sendfile(other, fd, NULL, 3));
    loff_t from = 0;
    DO(copy_file_range(fd, &from, other, NULL, 3, 0));
    DO(close(other));
    DO(close(fd));
    fd = (int)MUST(open("d/a", O_RDONLY));
    DO(close(fd));
    fd = (int)MUST(open("d/a", O_WRONLY | O_TRUNC));
    events("O_TRUNC");
    int copy = dup(fd);
    DO(close(fd));
    DO(close(copy));
    fd = (int)MUST(open("d/a", O_PATH));
    DO(close(fd));
    DO(open("d/none", O_RDONLY));
    DO(open("d/a", O_CREAT | O_EXCL, 0644));
}

static void tree(void)
{
    char buffer[4096];
    struct stat state;
    MUST(stat("d/a", &state));
    DO(access("d/a", R_OK));
    DO(mkdir("d/sub", 0755));
    DO(mkdir("d/sub/deep", 0755));
    DO(rmdir("d/sub/deep"));
    DO(symlink("a", "d/link"));
    DO(readlink("d/link", buffer, 10));
    DO(mknod("d/fifo", S_IFIFO | 0644, 0));
    DO(link("d/a", "d/hard"));
    DO(unlink("d/hard"));
    DO(rename("d/a", "d/renamed"));
    DO(rename("d/renamed", "d/sub/gone"));
    DO(rename("d/sub/gone", "d/a"));
    DO(rename("d/a", "d/b"));
    DO(rename("d/b", "d/b"));
    DO(rename("d/sub", "d/sub2"));
    put_file("d/b2", "", 0644);
    events("b2");
    DO(syscall(SYS_renameat2, AT_FDCWD, "d/b", AT_FDCWD, "d/b2", 2));
    DO(syscall(SYS_renameat2, AT_FDCWD, "d/b", AT_FDCWD, "d/sub2", 2));
    DO(rename("d/sub2", "d/sub"));
    DO(chmod("d/b", 0755));
    DO(chmod("d", 0700));
    int fd = (int)MUST(open("d", O_RDONLY));
    events("open of the directory");
    DO(syscall(SYS_getdents64, fd, buffer, 4096) > 0);
    DO(syscall(SYS_getdents64, fd, buffer, 4096));
    DO(close(fd));
    fd = (int)MUST(open("d/fifo", O_RDWR));
    DO(write(fd, "fifo", 4));
    DO(read(fd, buffer, 4));
    DO(close(fd));
    fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un name = { AF_UNIX, "d/socket" };
    DO(bind(fd, (struct sockaddr *)&name, sizeof name));
    DO(close(fd));
    DO(unlink("d/socket"));
    DO(unlink("d/link"));
    DO(unlink("d/none"));
    DO(chdir("d"));
    DO(chdir(".."));
    put_file("d/0123456789012345", "", 0644);
    events("name of 16");
    put_file("d/012345678901234", "", 0644);
    events("name of 15");
}

static void self(void)
{
    MUST(rename("d/b", "d/directory"));
    MUST(rename("d/sub", "d/b"));
    events("self");
    int file = (int)SHOW(inotify_add_watch(in, "d/b", IN_ALL_EVENTS));
    int fd = (int)MUST(open("d/b", O_RDWR));
    DO(write(fd, "x", 1));
    DO(link("d/b", "d/hard"));
    DO(unlink("d/hard"));
    DO(rename("d/b", "d/b3"));
    put_file("d/over", "", 0644);
    int over = (int)SHOW(inotify_add_watch(in, "d/over", IN_ALL_EVENTS));
    events("over");
    DO(rename("d/b3", "d/over"));
    DO(unlink("d/over"));
    DO(write(fd, "x", 1));
    DO(fchmod(fd, 0600));
    DO(close(fd));
    SHOW(inotify_rm_watch(in, file));
    SHOW(inotify_rm_watch(in, over));
    MUST(mkdir("d/dir", 0755));
    SHOW(inotify_add_watch(in, "d/dir", IN_ALL_EVENTS));
    events("dir");
    DO(rename("d/dir", "d/dir2"));
    DO(rmdir("d/dir2"));
    put_file("plain", "", 0644);
    SHOW(inotify_add_watch(in, "plain", IN_ALL_EVENTS));
    DO(unlink("plain"));
    put_file("plain", "", 0644);
    SHOW(inotify_add_watch(in, "plain", IN_DELETE_SELF));
    MUST(link("plain", "plain2"));
    DO(unlink("plain"));
    DO(unlink("plain2"));
    put_file("target", "", 0644);
    put_file("source", "", 0644);
    SHOW(inotify_add_watch(in, "target", IN_ALL_EVENTS));
    SHOW(inotify_add_watch(in, "source", IN_ALL_EVENTS));
    DO(rename("source", "target"));
    DO(unlink("target"));
}

static void flags(void)
{
    put_file("f", "", 0644);
    MUST(symlink("f", "l"));
    MUST(mkdir("e", 0755));
    events("before");
    SHOW(inotify_add_watch(in, "f", IN_ONLYDIR | IN_OPEN));
    SHOW(inotify_add_watch(in, "l", IN_ONLYDIR | IN_OPEN));
    int a = (int)SHOW(inotify_add_watch(in, "l", IN_OPEN));
    SHOW(inotify_add_watch(in, "f", IN_OPEN) == a);
    SHOW(inotify_add_watch(in, "l", IN_OPEN | IN_DONT_FOLLOW) == a);
    SHOW(inotify_add_watch(in, "f", IN_ATTRIB | IN_MASK_CREATE));
    SHOW(inotify_add_watch(in, "f", IN_ATTRIB | IN_MASK_ADD | IN_MASK_CREATE));
    SHOW(inotify_add_watch(in, "f", IN_ATTRIB | IN_MASK_ADD) == a);
    DO(chmod("f", 0600));
    DO(close((int)MUST(open("f", O_RDONLY))));
    SHOW(inotify_add_watch(in, "f", IN_CLOSE) == a);
    DO(chmod("f", 0644));
    DO(close((int)MUST(open("f", O_RDONLY))));
    SHOW(inotify_add_watch(in, "f", IN_OPEN | IN_CLOSE | IN_ONESHOT) == a);
    DO(close((int)MUST(open("f", O_RDONLY))));
    DO(close((int)MUST(open("f", O_RDONLY))));
    SHOW(inotify_rm_watch(in, a));
    int e = (int)SHOW(inotify_add_watch(in, "e", IN_ALL_EVENTS | IN_EXCL_UNLINK));
    int fd = (int)MUST(open("e/x", O_RDWR | O_CREAT, 0644));
    events("e/x");
    DO(write(fd, "a", 1));
    DO(unlink("e/x"));
    DO(write(fd, "a", 1));
    DO(fchmod(fd, 0600));
    DO(close(fd));
    SHOW(inotify_add_watch(in, "e", IN_ALL_EVENTS) == e);
    fd = (int)MUST(open("e/x", O_RDWR | O_CREAT, 0644));
    MUST(unlink("e/x"));
    events("e/x again");
    DO(write(fd, "a", 1));
    DO(close(fd));
    DO(inotify_rm_watch(in, e));
    DO(close((int)MUST(open("e/x", O_RDWR | O_CREAT, 0644))));
    SHOW(inotify_add_watch(in, "e", 0));
    SHOW(inotify_add_watch(in, "e", IN_ISDIR));
    SHOW(inotify_add_watch(in, "e", IN_IGNORED));
    SHOW(inotify_add_watch(in, "e", 0x1000));
    SHOW(inotify_add_watch(in, "e", 0x1000 | IN_OPEN));
}

static void reading(void)
{
    char buffer[4096];
    int n = -1;
    MUST(mkdir("r", 0755));
    events("before");
    int r = (int)SHOW(inotify_add_watch(in, "r", IN_CREATE | IN_DELETE | IN_MODIFY));
    struct pollfd state = { in, POLLIN | POLLOUT, 0 };
    SHOW(poll(&state, 1, 0));
    SHOW(ioctl(in, FIONREAD, &n));
    say("unread %d", n);
    SHOW(read(in, buffer, 0));
    SHOW(read(in, buffer, sizeof buffer));
    int fd = (int)MUST(open("r/file", O_RDWR | O_CREAT, 0644));
    MUST(write(fd, "1", 1));
    MUST(write(fd, "2", 1));
    MUST(write(fd, "3", 1));
    MUST(close((int)MUST(open("r/other", O_RDWR | O_CREAT, 0644))));
    MUST(write(fd, "3", 1));
    SHOW(poll(&state, 1, 0));
    say("events %x", state.revents);
    SHOW(ioctl(in, FIONREAD, &n));
    say("unread %d", n);
    SHOW(ioctl(in, 0x1234, &n));
    SHOW(ioctl(in, FIONREAD, BAD));
    SHOW(read(in, buffer, 0));
    SHOW(read(in, buffer, 16));
    SHOW(read(in, buffer, 31));
    SHOW(read(in, buffer, 32));
    SHOW(read(in, buffer, 70));
    SHOW(syscall(SYS_read, in, BAD, 4096));
    SHOW(ioctl(in, FIONREAD, &n));
    say("unread %d", n);
    events("left");
    SHOW(write(in, "x", 1));
    SHOW(lseek(in, 0, SEEK_SET));
    SHOW(pread(in, buffer, 100, 0));
    SHOW(fcntl(in, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
    SHOW(fcntl(in, F_GETFD));
    SHOW(inotify_rm_watch(in, 12345));
    SHOW(inotify_rm_watch(in, -1));
    SHOW(inotify_rm_watch(99, 1));
    SHOW(inotify_rm_watch(0, 1));
    SHOW(inotify_add_watch(99, "r", IN_OPEN));
    SHOW(inotify_add_watch(fd, "r", IN_OPEN));
    SHOW(inotify_add_watch(in, "nothing", IN_OPEN));
    SHOW(inotify_add_watch(in, "", IN_OPEN));
    SHOW(inotify_add_watch(in, "r/file/x", IN_OPEN));
    SHOW(inotify_add_watch(in, BAD, IN_OPEN));
    SHOW(syscall(SYS_inotify_init1, 1));
    SHOW(syscall(SYS_inotify_init1, 0x40000));
    MUST(unlink("r/file"));
    DO(inotify_rm_watch(in, r));
    struct stat kind;
    MUST(fstat(in, &kind));
    say("mode %o size %ld", kind.st_mode, (long)kind.st_size);
    char link[64] = "", path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", in);
    MUST(readlink(path, link, 63));
    say("%s", link);
}

static void permissions(void)
{
    MUST(mkdir("closed", 0));
    put_file("unreadable", "", 0200);
    if (geteuid() != 0) {
        SHOW(inotify_add_watch(in, "closed", IN_OPEN));
        SHOW(inotify_add_watch(in, "closed/x", IN_OPEN));
        SHOW(inotify_add_watch(in, "unreadable", IN_OPEN));
    }
}

// A blocked reader is woken; a closed instance's watches are gone; a child inherits the instance.
static void blocking(void)
{
    char buffer[256] __attribute__((aligned(8)));
    int fd = (int)MUST(inotify_init());
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK));
    SHOW(inotify_add_watch(fd, "e", IN_CREATE));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        sleep_ms(50);
        put_file("e/made", "", 0644);
        _exit(0);
    }
    long n = MUST(read(fd, buffer, sizeof buffer));
    say("woken %ld %s", n, ((struct inotify_event *)buffer)->name);
    MUST(waitpid(child, NULL, 0));
    CHILD("in the child", SHOW(inotify_add_watch(fd, "r", IN_CREATE)));
    SHOW(inotify_rm_watch(fd, 2));
    SHOW(close(fd));
    put_file("e/made2", "", 0644);
    fd = (int)MUST(inotify_init1(IN_CLOEXEC));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(inotify_add_watch(fd, "e", IN_CREATE));
    SHOW(close(fd));
}

static void program(void)
{
    put_file("script", "#!/bin/true\n", 0755);
    int w = (int)SHOW(inotify_add_watch(in, "script", IN_ALL_EVENTS));
    CHILD("script", execl("./script", "script", NULL));
    events("exec");
    char *p = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, (int)MUST(open("script", O_RDONLY)), 0);
    say("mapped %c", p[0]);
    events("mmap");
    DO(inotify_rm_watch(in, w));
}

static void attributes(void)
{
    put_file("x", "content", 0644);
    int w = (int)SHOW(inotify_add_watch(in, "x", IN_ALL_EVENTS));
    DO(setxattr("x", "user.a", "1", 1, 0));
    DO(removexattr("x", "user.a"));
    DO(removexattr("x", "user.a"));
    int fd = (int)MUST(open("x", O_RDWR));
    events("open");
    int ends[2];
    MUST(pipe(ends));
    DO(splice(fd, NULL, ends[1], NULL, 4, 0));
    DO(splice(ends[0], NULL, fd, NULL, 4, 0));
    DO(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED));
    DO(flock(fd, LOCK_EX));
    DO(close(fd));
    DO(inotify_rm_watch(in, w));
}

int main(void)
{
    umask(022);
    in = (int)MUST(inotify_init1(IN_NONBLOCK));
    directory();
    tree();
    self();
    flags();
    reading();
    permissions();
    blocking();
    program();
    attributes();
    return 0;
}
