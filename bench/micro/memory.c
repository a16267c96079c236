// SPDX-License-Identifier: Apache-2.0
// Mappings and page faults.
#include "micro.h"
#include <sys/mman.h>

#define REGION ((size_t)16384 * PAGE)
#define BIG ((size_t)256 << 20)

static char *memory;
static size_t next;
static int file;

static void *map(size_t size, int protection, int flags, int fd)
{
    void *p = mmap(NULL, size, protection, flags, fd, 0);
    expect(p != MAP_FAILED, "mmap");
    return p;
}

static inline void anonymous_run(long n, size_t size)
{
    while (n--) {
        char *p = map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        *(volatile char *)p = 1;
        check(munmap(p, size), "munmap");
    }
}
static void mmap_run(long n) { anonymous_run(n, PAGE); }
static void mmap_big_run(long n) { anonymous_run(n, BIG); }

static void region_map(void)
{
    memory = map(REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    check(madvise(memory, REGION, MADV_NOHUGEPAGE), "madvise");
    next = 0;
}
static void region_unmap(void) { check(munmap(memory, REGION), "munmap"); }
static void fault_run(long n)
{
    while (n--) {
        if (next >= REGION) {
            check(madvise(memory, REGION, MADV_DONTNEED), "madvise");
            next = 0;
        }
        *(volatile char *)(memory + next) = 1;
        next += PAGE;
    }
}
static void mprotect_run(long n)
{
    while (n--) {
        check(mprotect(memory, PAGE, PROT_READ), "mprotect");
        check(mprotect(memory, PAGE, PROT_READ | PROT_WRITE), "mprotect");
    }
}

static void file_open(void)
{
    check(file = open(temporary, O_RDWR | O_CREAT | O_TRUNC, 0600), temporary);
    memset(buffer, 1, sizeof buffer);
    expect(pwrite(file, buffer, sizeof buffer, 0) == sizeof buffer, "pwrite");
    memory = NULL;
    next = sizeof buffer;
}
static void file_close(void)
{
    if (memory) { check(munmap(memory, sizeof buffer), "munmap"); }
    check(close(file), "close");
    check(unlink(temporary), "unlink");
}
static void mmap_file_run(long n)
{
    while (n--) {
        char *p = map(PAGE, PROT_READ, MAP_PRIVATE, file);
        expect(*(volatile char *)p == 1, "a page of the file");
        check(munmap(p, PAGE), "munmap");
    }
}
static void file_fault_run(long n)
{
    while (n--) {
        if (next >= sizeof buffer) {
            if (memory) { check(munmap(memory, sizeof buffer), "munmap"); }
            memory = map(sizeof buffer, PROT_READ, MAP_SHARED, file);
            check(madvise(memory, sizeof buffer, MADV_RANDOM), "madvise");
            next = 0;
        }
        expect(*(volatile char *)(memory + next) == 1, "a page of the file");
        next += PAGE;
    }
}

const struct row memory_rows[] = {
    { "mmap-touch", nothing, mmap_run, nothing, 0, 0 },
    { "mmap-256m", nothing, mmap_big_run, nothing, 0, 0 },
    { "mmap-file", file_open, mmap_file_run, file_close, 0, 0 },
    { "mprotect", region_map, mprotect_run, region_unmap, 0, 0 },
    { "fault", region_map, fault_run, region_unmap, 0, 0 },
    { "fault-file", file_open, file_fault_run, file_close, 0, 0 },
    { 0 },
};
