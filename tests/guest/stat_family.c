// SPDX-License-Identifier: Apache-2.0
// stat(2), lstat, fstat, fstatat, statx(2): types, modes, sizes, links, times that move, flags and errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <sys/sysmacros.h>

static void show(const char *what, const struct stat *s)
{
    say("%s: mode %o size %ld mine %d/%d blksize %ld", what, s->st_mode,
        S_ISDIR(s->st_mode) ? -1L : (long)s->st_size, s->st_uid == getuid(), s->st_gid == getgid(),
        (long)s->st_blksize);
}

int main(void)
{
    umask(022);
    struct stat s, t;
    put_file("file", "0123456789", 0640);
    MUST(mkdir("dir", 0750));
    MUST(symlink("file", "link"));
    MUST(mkfifo("fifo", 0600));
    SHOW(stat("file", &s));
    show("file", &s);
    say("links %ld", (long)s.st_nlink);
    SHOW(stat("dir", &s));
    say("dir mode %o", s.st_mode);
    SHOW(stat("link", &s));
    show("link followed", &s);
    SHOW(lstat("link", &s));
    show("link", &s);
    SHOW(stat("fifo", &s));
    show("fifo", &s);
    SHOW(stat("/dev/null", &s));
    say("/dev/null mode %o device %d:%d", s.st_mode, major(s.st_rdev), minor(s.st_rdev));
    SHOW(stat("missing", &s));
    SHOW(stat("", &s));
    SHOW(stat("file/x", &s));
    SHOW(stat("file/", &s));
    SHOW(lstat("link/", &s));
    SHOW(syscall(SYS_stat, BAD, &s));
    SHOW(syscall(SYS_stat, "file", BAD));
    SHOW(fstat(99, &s));
    SHOW(fstatat(99, "file", &s, 0));
    SHOW(fstatat(AT_FDCWD, "link", &s, AT_SYMLINK_NOFOLLOW));
    say("mode %o", s.st_mode);
    SHOW(fstatat(AT_FDCWD, "file", &s, 0x40000000));
    int fd = (int)MUST(open("file", O_RDWR));
    SHOW(fstatat(fd, "", &s, AT_EMPTY_PATH));
    show("empty path", &s);
    SHOW(fstatat(fd, "", &s, 0));
    SHOW(fstatat(fd, "x", &s, 0));
    SHOW(fstatat(AT_FDCWD, "", &s, AT_EMPTY_PATH));
    say("cwd is a directory %d", S_ISDIR(s.st_mode));

    MUST(link("file", "second"));
    MUST(stat("second", &s));
    MUST(fstat(fd, &t));
    say("hard link: same inode %d, links %ld", s.st_ino == t.st_ino && s.st_dev == t.st_dev,
        (long)t.st_nlink);
    MUST(unlink("second"));
    MUST(fstat(fd, &t));
    say("links %ld", (long)t.st_nlink);
    sleep_ms(20);
    MUST(write(fd, "x", 1));
    MUST(fstat(fd, &s));
    say("write moves mtime %d, ctime %d", s.st_mtim.tv_nsec != t.st_mtim.tv_nsec,
        s.st_ctim.tv_nsec != t.st_ctim.tv_nsec);
    struct timespec times[2] = { { 1000000000, 5 }, { 1100000000, 7 } };
    SHOW(futimens(fd, times));
    MUST(fstat(fd, &s));
    say("atime %ld.%ld mtime %ld.%ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec,
        s.st_mtim.tv_nsec);
    times[0].tv_nsec = UTIME_OMIT;
    times[1].tv_sec = 5;
    SHOW(utimensat(AT_FDCWD, "file", times, 0));
    MUST(fstat(fd, &s));
    say("atime %ld.%ld mtime %ld.%ld", s.st_atim.tv_sec, s.st_atim.tv_nsec, s.st_mtim.tv_sec,
        s.st_mtim.tv_nsec);
    times[0].tv_nsec = 1000000000;
    SHOW(utimensat(AT_FDCWD, "file", times, 0));
    SHOW(utimensat(AT_FDCWD, "missing", NULL, 0));
    SHOW(utimensat(AT_FDCWD, "link", NULL, AT_SYMLINK_NOFOLLOW));
    SHOW(utimensat(AT_FDCWD, "file", NULL, 0x40));
    SHOW(syscall(SYS_utimensat, 99, NULL, NULL, 0));
    SHOW(unlink("file"));
    SHOW(fstat(fd, &s));
    say("deleted: links %ld size %ld", (long)s.st_nlink, (long)s.st_size);

    struct statx x;
    SHOW(statx(AT_FDCWD, "dir", 0, STATX_BASIC_STATS, &x));
    say("statx mode %o mask has basics %d", x.stx_mode,
        (x.stx_mask & STATX_BASIC_STATS) == STATX_BASIC_STATS);
    SHOW(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_ALL, &x));
    say("statx link mode %o size %ld", x.stx_mode, (long)x.stx_size);
    SHOW(statx(fd, "", AT_EMPTY_PATH, STATX_SIZE, &x));
    say("statx size %ld", (long)x.stx_size);
    SHOW(statx(AT_FDCWD, "missing", 0, STATX_ALL, &x));
    SHOW(statx(AT_FDCWD, "dir", 0x8000000, STATX_ALL, &x));
    SHOW(statx(AT_FDCWD, "dir", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC, STATX_ALL, &x));
    SHOW(statx(AT_FDCWD, "dir", 0, 0x80000000U, &x));
    SHOW(syscall(SYS_statx, AT_FDCWD, "dir", 0, STATX_ALL, BAD));
    int p[2];
    MUST(pipe(p));
    SHOW(fstat(p[0], &s));
    say("pipe mode %o", s.st_mode);
    return 0;
}
