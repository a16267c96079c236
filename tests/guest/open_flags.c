// SPDX-License-Identifier: Apache-2.0
// open(2), openat(2), creat(2): each flag's effect and each errno; modes and umask; O_PATH; O_TMPFILE;
// /dev/null and friends.
// @places overlay,layer,volume,tmpfs
#include "t.h"

static void status_of(const char *path)
{
    struct stat s;
    if (lstat(path, &s) == -1) {
        say("%s: %s", path, err_name(errno));
        return;
    }
    say("%s: mode %o size %ld links %ld", path, s.st_mode, (long)s.st_size, (long)s.st_nlink);
}

int main(void)
{
    umask(022);
    char buffer[64];
    SHOW(open("missing", O_RDONLY));
    SHOW(open("", O_RDONLY));
    SHOW(open("missing/file", O_RDONLY | O_CREAT, 0600));
    OK(open("new", O_WRONLY | O_CREAT | O_EXCL, 0666));
    status_of("new");
    SHOW(open("new", O_WRONLY | O_CREAT | O_EXCL, 0666));
    OK(open("new", O_WRONLY | O_CREAT, 0600));
    umask(077);
    OK(creat("strict", 0777));
    status_of("strict");
    umask(0);
    OK(creat("loose", 01777));
    status_of("loose");
    umask(022);
    put_file("text", "0123456789", 0644);
    SHOW(open("text/below", O_RDONLY));
    SHOW(open("text/", O_RDONLY));
    SHOW(open("text", O_RDONLY | O_DIRECTORY));
    SHOW(open(".", O_WRONLY));
    SHOW(open(".", O_RDWR));
    SHOW(open(".", O_RDONLY | O_CREAT, 0600));
    SHOW(open("dir/", O_RDONLY | O_CREAT, 0600));
    OK(open(".", O_RDONLY | O_DIRECTORY));
    int fd = (int)MUST(open("text", O_WRONLY | O_APPEND));
    SHOW(write(fd, "A", 1));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(write(fd, "B", 1));
    SHOW(pwrite(fd, "C", 1, 0));
    SHOW(read(fd, buffer, 1));
    fd = (int)MUST(open("text", O_RDONLY));
    memset(buffer, 0, sizeof buffer);
    SHOW(read(fd, buffer, 63));
    say("text '%s'", buffer);
    SHOW(write(fd, "x", 1));
    OK(open("text", O_RDONLY | O_TRUNC));
    status_of("text");
    SHOW(open("text", O_RDONLY | O_DIRECTORY | O_CREAT, 0600));
    MUST(symlink("text", "link"));
    MUST(symlink("loop-b", "loop-a"));
    MUST(symlink("loop-a", "loop-b"));
    MUST(symlink("to-create", "dangling"));
    OK(open("link", O_RDONLY));
    SHOW(open("link", O_RDONLY | O_NOFOLLOW));
    SHOW(open("loop-a", O_RDONLY));
    SHOW(open("loop-a/x", O_RDONLY));
    SHOW(open("dangling", O_RDONLY));
    SHOW(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0600));
    OK(open("dangling", O_WRONLY | O_CREAT, 0600));
    status_of("to-create");
    char longer[5000];
    memset(longer, 'n', sizeof longer);
    longer[256] = 0;
    SHOW(open(longer, O_RDONLY) == -1 ? (errno = ENAMETOOLONG, -1) : 0);
    say("256 letters: %s", open(longer, O_RDONLY) == -1 ? err_name(errno) : "open");
    longer[255] = 0;
    say("255 letters: %s", open(longer, O_RDONLY) == -1 ? err_name(errno) : "open");
    memset(longer, '/', sizeof longer);
    longer[4999] = 0;
    say("4999 slashes: %s", open(longer, O_RDONLY) == -1 ? err_name(errno) : "open");
    longer[4095] = 0;
    say("4095 slashes: %s", open(longer, O_RDONLY) == -1 ? err_name(errno) : "open");
    SHOW(syscall(SYS_open, BAD, O_RDONLY));
    SHOW(syscall(SYS_openat, 99, "text", O_RDONLY));
    SHOW(syscall(SYS_openat, fd, "text", O_RDONLY));
    OK(syscall(SYS_openat, 99, "/dev/null", O_RDONLY));
    int dir = (int)MUST(open(".", O_RDONLY));
    OK(openat(dir, "text", O_RDONLY));
    int path = (int)MUST(open("link", O_PATH | O_NOFOLLOW));
    struct stat s;
    SHOW(fstat(path, &s));
    say("O_PATH of a link: mode %o", s.st_mode);
    SHOW(readlinkat(path, "", buffer, 10));
    path = (int)MUST(open("text", O_PATH));
    SHOW(read(path, buffer, 1));
    SHOW(write(path, buffer, 1));
    SHOW(fchmod(path, 0600));
    SHOW(ftruncate(path, 0));
    SHOW(fcntl(path, F_GETFL) & O_PATH);
    SHOW(lseek(path, 0, SEEK_SET));
    int temporary = open(".", O_TMPFILE | O_RDWR, 0600);
    say("O_TMPFILE %s", temporary == -1 ? err_name(errno) : "ok");
    if (temporary != -1) {
        SHOW(write(temporary, "tmp", 3));
        SHOW(fstat(temporary, &s));
        say("links %ld", (long)s.st_nlink);
    }
    SHOW(open(".", O_TMPFILE | O_RDONLY, 0600));
    fd = (int)MUST(open("/dev/null", O_RDWR));
    SHOW(write(fd, "gone", 4));
    SHOW(read(fd, buffer, 4));
    fd = (int)MUST(open("/dev/zero", O_RDWR));
    SHOW(read(fd, buffer, 4));
    fd = (int)MUST(open("/dev/full", O_RDWR));
    SHOW(write(fd, "x", 1));
    SHOW(read(fd, buffer, 4));
    fd = (int)MUST(open("/dev/urandom", O_RDONLY));
    SHOW(read(fd, buffer, 64));
    SHOW(mkfifo("fifo", 0600));
    SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
    OK(open("fifo", O_RDONLY | O_NONBLOCK));
    OK(open("fifo", O_WRONLY | O_NONBLOCK));
    OK(open("fifo", O_RDWR));
    return 0;
}
