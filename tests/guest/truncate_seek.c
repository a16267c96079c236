// SPDX-License-Identifier: Apache-2.0
// truncate(2), ftruncate, lseek(2) with SEEK_HOLE and SEEK_DATA, sparse and big files, fallocate(2),
// RLIMIT_FSIZE.
// @places overlay,layer,volume,tmpfs
#include "t.h"

static long size_of(int fd)
{
    struct stat s;
    MUST(fstat(fd, &s));
    return (long)s.st_size;
}

int main(void)
{
    char block[100];
    int fd = (int)MUST(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600));
    SHOW(write(fd, "0123456789", 10));
    SHOW(ftruncate(fd, 5));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(write(fd, "ab", 2));
    SHOW(pread(fd, block, 100, 0));
    say("hole between: %d %d %d %c", block[4], block[5], block[9], block[10]);
    SHOW(ftruncate(fd, 20));
    SHOW(pread(fd, block, 100, 15));
    SHOW(pread(fd, block, 100, 20));
    SHOW(pread(fd, block, 100, 1L << 40));
    SHOW(ftruncate(fd, -1));
    SHOW(ftruncate(99, 1));
    SHOW(truncate("missing", 1));
    SHOW(truncate("f", -1));
    SHOW(truncate(".", 0));
    SHOW(truncate("f/x", 0));
    SHOW(syscall(SYS_truncate, BAD, 0));
    int reader = (int)MUST(open("f", O_RDONLY));
    SHOW(ftruncate(reader, 0));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(lseek(fd, -5, SEEK_END));
    SHOW(lseek(fd, -50, SEEK_END));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, -1, SEEK_SET));
    SHOW(lseek(fd, 0, 99));
    SHOW(lseek(99, 0, SEEK_SET));
    SHOW(lseek(fd, 1000, SEEK_SET));
    SHOW(read(fd, block, 10));
    SHOW(lseek(fd, LONG_MAX, SEEK_CUR));
    SHOW(pread(fd, block, 1, -1));
    SHOW(pwrite(fd, block, 1, -1));

    MUST(ftruncate(fd, 0));
    SHOW(pwrite(fd, "x", 1, 1 << 20));
    say("size %ld", size_of(fd));
    struct stat s;
    MUST(fstat(fd, &s));
    say("sparse %d", s.st_blocks < 200);
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 0, SEEK_HOLE));
    SHOW(lseek(fd, 1 << 20, SEEK_HOLE));
    SHOW(lseek(fd, (1 << 20) + 1, SEEK_DATA));
    SHOW(lseek(fd, (1 << 20) + 1, SEEK_HOLE));
    SHOW(pwrite(fd, "big", 3, 5L << 30));
    say("size %ld", size_of(fd));
    memset(block, 0, sizeof block);
    SHOW(pread(fd, block, 10, (5L << 30) - 2));
    say("%s", block + 2);
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(ftruncate(fd, 100));

    SHOW(fallocate(fd, 0, 0, 8192));
    say("size %ld", size_of(fd));
    SHOW(fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, 16384));
    say("size %ld", size_of(fd));
    memset(block, 7, sizeof block);
    MUST(pwrite(fd, block, 100, 0));
    SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096));
    SHOW(pread(fd, block, 1, 50));
    say("punched %d", block[0]);
    SHOW(fallocate(fd, 0, -1, 10));
    SHOW(fallocate(fd, 0, 0, 0));
    SHOW(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10));
    SHOW(fallocate(reader, 0, 0, 10));
    SHOW(fallocate(99, 0, 0, 10));
    SHOW(posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL));
    SHOW(posix_fadvise(fd, 0, 0, 99));
    SHOW(fsync(fd));
    SHOW(fdatasync(fd));
    SHOW(fsync(99));
    SHOW(syncfs(fd));
    SHOW(sync_file_range(fd, 0, 0, 0));
    CHILD("RLIMIT_FSIZE", {
        struct rlimit limit = { 1000, 1000 };
        MUST(setrlimit(RLIMIT_FSIZE, &limit));
        signal(SIGXFSZ, SIG_IGN);
        int out = (int)MUST(open("limited", O_RDWR | O_CREAT, 0600));
        SHOW(write(out, block, 100));
        SHOW(pwrite(out, block, 100, 950));
        SHOW(pwrite(out, block, 100, 1000));
        SHOW(ftruncate(out, 1001));
        SHOW(fallocate(out, 0, 500, 500));
        SHOW(fallocate(out, 0, 500, 501));
        SHOW(fallocate(out, FALLOC_FL_KEEP_SIZE, 0, 1000));
        SHOW(fallocate(out, 0, 0, 0x7fffffffffffffff));
        signal(SIGXFSZ, SIG_DFL);
        pwrite(out, block, 100, 1000);
    });
    return 0;
}
