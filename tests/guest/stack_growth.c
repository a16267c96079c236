// SPDX-License-Identifier: Apache-2.0
// The stack grows on demand to near RLIMIT_STACK, in the main thread and below it; deep recursion; big
// frames; guard.
#include "t.h"

__attribute__((noinline)) static long recurse(long depth)
{
    volatile char frame[500];
    frame[0] = (char)depth;
    frame[499] = 1;
    return depth == 0 ? 0 : recurse(depth - 1) + frame[499];
}

__attribute__((noinline)) static int big_frame(size_t size)
{
    volatile char *p = __builtin_alloca(size);
    p[0] = 5;
    p[size - 1] = 6;
    return p[0] + p[size - 1];
}

int main(void)
{
    struct rlimit limit = { 8 << 20, RLIM_INFINITY };
    getrlimit(RLIMIT_STACK, &limit);
    say("deep recursion %ld", recurse(10000));
    say("a frame of 4 MiB touched at its far end first %d", big_frame(4 << 20));
    CHILD("7 MiB of 8", {
        struct rlimit eight = { 8 << 20, limit.rlim_max };
        if (setrlimit(RLIMIT_STACK, &eight) == -1) { say("no"); }
        say("%ld", recurse(12000));
        say("%d", big_frame(7 << 20));
    });
    CHILD("beyond the limit", {
        struct rlimit one = { 1 << 20, limit.rlim_max };
        MUST(setrlimit(RLIMIT_STACK, &one));
        say("%d", big_frame(6 << 20));
    });
    CHILD("system call into unmapped stack", {
        // The kernel grows the stack for its own accesses too.
        int p[2];
        MUST(pipe(p));
        MUST(write(p[1], "grown", 5));
        char here;
        char *far = &here - (1 << 20);
        SHOW(read(p[0], far, 5));
        say("%.5s", far);
    });
    return 0;
}
