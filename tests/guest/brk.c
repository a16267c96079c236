// SPDX-License-Identifier: Apache-2.0
// brk(2): growth, shrinking, zero pages after regrowth, page rounding, refusal above a mapping and below the
// start.
// @variants static,dynamic
#include "t.h"

static void *raw_brk(void *end) { return (void *)syscall(SYS_brk, end); }

int main(void)
{
    char *start = raw_brk(0);
    say("start set %d", start != NULL);
    say("grow by 3 bytes: %ld", (char *)raw_brk(start + 3) - start);
    say("grow by 1 MiB: %ld", (char *)raw_brk(start + (1 << 20)) - start);
    memset(start, 7, 1 << 20);
    say("shrink to 100: %ld", (char *)raw_brk(start + 100) - start);
    say("kept %d", start[99]);
    say("page gone: %d", readable(start + 2 * PAGE));
    say("grow again: %ld", (char *)raw_brk(start + (1 << 20)) - start);
    say("zero after regrowth: %d", start[100000]);
    say("below the program: %ld", (char *)raw_brk((void *)4096) - start);
    say("absurd: %ld", (char *)raw_brk((void *)0x7ffffffff000) - start);
    char *end = raw_brk(0);
    char *page = (char *)(((uintptr_t)end + PAGE - 1) & -PAGE);
    void *blocker =
        mmap(page + 4 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    say("blocker in place: %d", blocker == page + 4 * PAGE);
    say("into a mapping: %ld", (char *)raw_brk(page + 8 * PAGE) - end);
    say("up to it: %d", (char *)raw_brk(page + 2 * PAGE) == page + 2 * PAGE);
    say("sbrk: %d", sbrk(0) != (void *)-1);
    struct rlimit limit = { 8 << 20, 8 << 20 };
    CHILD("RLIMIT_DATA", {
        MUST(setrlimit(RLIMIT_DATA, &limit));
        char *now = raw_brk(0);
        say("over RLIMIT_DATA: %ld", (char *)raw_brk(now + (64 << 20)) - now);
    });
    return 0;
}
