// SPDX-License-Identifier: Apache-2.0
// Pointers that no call may follow, and buffers that end just where memory ends. Everything lies at addresses
// of its own, far from where mmap puts things, so that no hole is ever filled.
#ifndef BAD_H
#define BAD_H
#include "t.h"

#define BAD_BASE 0x10000000000UL

// Beside the classical ones, where a platform beneath might keep things of its own: to a program, nothing is
// there.
static struct bad_pointer {
    const char *name;
    char *p;
} bad[] = { { "null", NULL }, { "one", (char *)1 }, { "hole", NULL }, { "none", NULL }, { "read-only", NULL },
    { "text", NULL }, { "kernel", (char *)0xffff888000000000 }, { "non-canonical", (char *)0x800000000000 },
    { "top", (char *)0x7ffffffff000 }, { "minus", (char *)-8 }, { "p1", (char *)0x7fff80000000 },
    { "p2", (char *)0x7fff80001008 }, { "p3", (char *)0x7fff90000000 }, { "p4", (char *)0x7fff90001000 },
    { "p5", (char *)0x7fff90008000 }, { "p6", (char *)0x60000 }, { "p7", (char *)0x61008 } };
enum { BAD_COUNT = sizeof bad / sizeof bad[0] };

// Two pages with these protections, -1 for a hole; the boundary between them.
__attribute__((unused)) static char *boundary(int before, int after)
{
    static int made;
    char *at = (char *)BAD_BASE + 0x100000L * ++made;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    char *p = MUSTP(mmap(at, 8192, PROT_READ | PROT_WRITE, flags, -1, 0));
    memset(p, 0x5a, 8192);
    if (before >= 0) {
        MUST(mprotect(p, 4096, before));
    } else {
        MUST(munmap(p, 4096));
    }
    if (after >= 0) {
        MUST(mprotect(p + 4096, 4096, after));
    } else {
        MUST(munmap(p + 4096, 4096));
    }
    return p + 4096;
}

enum { RW = PROT_READ | PROT_WRITE, RO = PROT_READ, NONE = PROT_NONE, HOLE = -1 };
// Readable and writable memory that ends at: a hole, a page without access, a page that cannot be written.
static char *to_hole, *to_none, *to_ro;

__attribute__((unused)) static void bad_init(void)
{
    to_hole = boundary(RW, HOLE);
    to_none = boundary(RW, NONE);
    to_ro = boundary(RW, RO);
    bad[2].p = (char *)BAD_BASE;
    bad[3].p = to_none + 16;
    bad[4].p = to_ro + 16;
    bad[5].p = (char *)(((long)bad_init | 7) + 1);
}

static char bad_line[4096];
static int bad_length;
// Pads with what a call could otherwise leave from before.
__attribute__((unused)) static void bad_fill(void)
{
    memset(to_hole - 4096, 0x5a, 4096);
    memset(to_none - 4096, 0x5a, 4096);
    memset(to_ro - 4096, 0x5a, 4096);
}

// Adds one result to the line: names of neighbours with the same result stand together.
__attribute__((unused)) static void bad_item(const char *name, int number, long result)
{
    static char last[64];
    int error = errno;
    char now[64];
    if (result == -1) {
        snprintf(now, sizeof now, "%s", err_name(error));
    } else {
        snprintf(now, sizeof now, "%ld", result);
    }
    if (name && bad_length > 0 && strcmp(now, last) != 0) {
        bad_length += snprintf(bad_line + bad_length, sizeof bad_line - bad_length, "=%s;", last);
    }
    if (name) {
        strcpy(last, now);
        bad_length += snprintf(bad_line + bad_length, sizeof bad_line - bad_length, " %s", name);
        if (number >= 0) {
            bad_length += snprintf(bad_line + bad_length, sizeof bad_line - bad_length, "%d", number);
        }
    } else {
        bad_length += snprintf(bad_line + bad_length, sizeof bad_line - bad_length, "=%s", last);
    }
}

// Makes the call once for each bad pointer p and prints all results on one line.
#define EACH_BAD(what, call) \
    do { \
        bad_length = 0; \
        bad_line[0] = 0; \
        for (int b_ = 0; b_ < BAD_COUNT; b_++) { \
            char *p = bad[b_].p; \
            (void)p; \
            errno = 0; \
            long r_ = (long)(call); \
            bad_item(bad[b_].name, -1, r_); \
        } \
        bad_item(NULL, 0, 0); \
        say("%s:%s", what, bad_line); \
    } while (0)

// Makes the call with p at each of the given distances before the end of memory, for three kinds of end.
#define EACH_END(what, call, ...) \
    do { \
        static const int distances_[] = { __VA_ARGS__ }; \
        char *ends_[] = { to_hole, to_none, to_ro }; \
        static const char *const names_[] = { "hole", "none", "read-only" }; \
        for (int e_ = 0; e_ < 3; e_++) { \
            bad_length = 0; \
            bad_line[0] = 0; \
            for (unsigned d_ = 0; d_ < sizeof distances_ / sizeof distances_[0]; d_++) { \
                char *p = ends_[e_] - distances_[d_]; \
                (void)p; \
                bad_fill(); \
                errno = 0; \
                long r_ = (long)(call); \
                bad_item("", distances_[d_], r_); \
            } \
            bad_item(NULL, 0, 0); \
            say("%s, before %s:%s", what, names_[e_], bad_line); \
        } \
    } while (0)

#define SYS(name, ...) syscall(SYS_##name, ##__VA_ARGS__)
#endif
