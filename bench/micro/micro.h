// SPDX-License-Identifier: Apache-2.0
// What the parts of the micro program share. Each part declares a table of rows that ends with a row without
// a name.
#ifndef MICRO_H
#define MICRO_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE 4096
#define PER_CORE (-1) // of row.threads: as many as the program may use cores

struct row {
    const char *name;
    void (*open)(void);
    void (*run)(long operations);
    void (*close)(void);
    int scale;   // batches this many times longer than usual; 0 is 1
    int threads; // how many threads share the operations; 0 is 1
};

extern const struct row call_rows[], file_rows[], channel_rows[], memory_rows[], process_rows[], busy_rows[];

// A megabyte to read into and write from, and names in the scratch directory: one for the row's file or
// directory, one that never exists, one to create and remove, and this program's own.
extern char buffer[1 << 20];
extern char temporary[200], missing[200], created[200], self[4096];

// Ends the program with a message that names `what` and errno.
_Noreturn void fail(const char *what);

// Ends the program when a system call's result is -1.
static inline void check(long result, const char *what)
{
    if (__builtin_expect(result == -1, 0)) { fail(what); }
}

// Ends the program when a result is not what it has to be.
static inline void expect(int truth, const char *what)
{
    if (__builtin_expect(!truth, 0)) { fail(what); }
}

static inline void nothing(void) {}

// Steps of a xorshift generator: work that needs no system call.
static inline uint64_t steps(uint64_t x, long count)
{
    while (count--) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
    }
    return x;
}

int cores(void);
#endif
