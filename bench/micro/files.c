// SPDX-License-Identifier: Apache-2.0
// Files and directories, in the scratch directory.
#include "micro.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>

static int file, entries;

static void zero_open(void) { check(file = open("/dev/zero", O_RDONLY), "/dev/zero"); }
static void null_open(void) { check(file = open("/dev/null", O_WRONLY), "/dev/null"); }
static void close_only(void) { check(close(file), "close"); }
static void file_open(void)
{
    check(file = open(temporary, O_RDWR | O_CREAT | O_TRUNC, 0600), temporary);
    memset(buffer, 1, sizeof buffer);
    expect(pwrite(file, buffer, sizeof buffer, 0) == sizeof buffer, "pwrite");
}
static void file_close(void)
{
    check(close(file), "close");
    check(unlink(temporary), "unlink");
}

static void read1_run(long n)
{
    while (n--) { expect(read(file, buffer, 1) == 1, "read"); }
}
static void write1_run(long n)
{
    while (n--) { expect(write(file, buffer, 1) == 1, "write"); }
}
static inline void pread_run(long n, size_t size)
{
    while (n--) { expect(pread(file, buffer, size, 0) == (ssize_t)size, "pread"); }
}
static inline void pwrite_run(long n, size_t size)
{
    while (n--) { expect(pwrite(file, buffer, size, 0) == (ssize_t)size, "pwrite"); }
}
static void pread4k_run(long n) { pread_run(n, 4096); }
static void pread64k_run(long n) { pread_run(n, 65536); }
static void pread1m_run(long n) { pread_run(n, 1 << 20); }
static void pwrite4k_run(long n) { pwrite_run(n, 4096); }
static void pwrite64k_run(long n) { pwrite_run(n, 65536); }
static void pwrite1m_run(long n) { pwrite_run(n, 1 << 20); }

static void fstat_run(long n)
{
    struct stat s;
    while (n--) { check(fstat(file, &s), "fstat"); }
    expect(s.st_size == sizeof buffer, "fstat size");
}
static void stat_run(long n)
{
    struct stat s;
    while (n--) { check(stat(temporary, &s), "stat"); }
    expect(s.st_size == sizeof buffer, "stat size");
}
static void stat_usr_run(long n)
{
    struct stat s;
    while (n--) { check(stat("/usr/bin/env", &s), "stat"); }
}
static void stat_missing_run(long n)
{
    struct stat s;
    while (n--) { expect(stat(missing, &s) == -1 && errno == ENOENT, "stat of a missing path"); }
}
static void open_close_run(long n)
{
    while (n--) {
        int fd = open(temporary, O_RDONLY);
        check(fd, "open");
        check(close(fd), "close");
    }
}
static void create_unlink_run(long n)
{
    while (n--) {
        int fd = open(created, O_WRONLY | O_CREAT | O_EXCL, 0600);
        check(fd, "create");
        check(close(fd), "close");
        check(unlink(created), "unlink");
    }
}

static void directory_make(int count)
{
    char name[256];
    entries = count;
    check(mkdir(temporary, 0700), "mkdir");
    for (int i = 0; i < entries; i++) {
        snprintf(name, sizeof name, "%s/%d", temporary, i);
        int fd = open(name, O_CREAT | O_WRONLY, 0600);
        check(fd, "create");
        check(close(fd), "close");
    }
    check(file = open(temporary, O_RDONLY | O_DIRECTORY), "open directory");
}
static void directory500_make(void) { directory_make(500); }
static void directory10k_make(void) { directory_make(10000); }
static void directory_remove(void)
{
    char name[256];
    check(close(file), "close");
    for (int i = 0; i < entries; i++) {
        snprintf(name, sizeof name, "%s/%d", temporary, i);
        check(unlink(name), "unlink");
    }
    check(rmdir(temporary), "rmdir");
}
static long count_entries(long bytes)
{
    long count = 0;
    for (long at = 0; at < bytes; count++) { at += ((struct dirent64 *)(buffer + at))->d_reclen; }
    return count;
}
static void readdir_run(long n)
{
    while (n--) {
        long got, found = 0;
        check(lseek(file, 0, SEEK_SET), "lseek");
        while ((got = syscall(SYS_getdents64, file, buffer, 32768)) > 0) { found += count_entries(got); }
        check(got, "getdents64");
        expect(found == entries + 2, "entries of the directory");
    }
}

const struct row file_rows[] = {
    { "read-1", zero_open, read1_run, close_only, 0, 0 },
    { "write-1", null_open, write1_run, close_only, 0, 0 },
    { "pread-4k", file_open, pread4k_run, file_close, 0, 0 },
    { "pread-64k", file_open, pread64k_run, file_close, 0, 0 },
    { "pread-1m", file_open, pread1m_run, file_close, 0, 0 },
    { "pwrite-4k", file_open, pwrite4k_run, file_close, 0, 0 },
    { "pwrite-64k", file_open, pwrite64k_run, file_close, 0, 0 },
    { "pwrite-1m", file_open, pwrite1m_run, file_close, 0, 0 },
    { "fstat", file_open, fstat_run, file_close, 0, 0 },
    { "stat", file_open, stat_run, file_close, 0, 0 },
    { "stat-usr", nothing, stat_usr_run, nothing, 0, 0 },
    { "stat-missing", nothing, stat_missing_run, nothing, 0, 0 },
    { "open-close", file_open, open_close_run, file_close, 0, 0 },
    { "create-unlink", nothing, create_unlink_run, nothing, 0, 0 },
    { "readdir-500", directory500_make, readdir_run, directory_remove, 0, 0 },
    { "readdir-10k", directory10k_make, readdir_run, directory_remove, 0, 0 },
    { 0 },
};
