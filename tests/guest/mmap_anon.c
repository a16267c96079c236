// SPDX-License-Identifier: Apache-2.0
// Anonymous mmap(2): zero pages, lengths, hints, fixed and no-replace, shared across fork, PROT_NONE,
// populate, big reserve.
#include "t.h"

int main(void)
{
    char *p = MUSTP(mmap(NULL, 5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    say("aligned %d", ((uintptr_t)p & (PAGE - 1)) == 0);
    int sum = 0;
    for (unsigned long i = 0; i < 5 * PAGE; i++) { sum += p[i]; }
    say("zero %d", sum);
    memset(p, 3, 5 * PAGE);
    char *q = mmap(p + PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    say("fixed over the middle: %d, %d %d %d", q == p + PAGE, p[0], p[PAGE], p[2 * PAGE]);
    SHOW(mmap(p + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0));
    MUST(munmap(p + 3 * PAGE, PAGE));
    q = mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    say("noreplace into the hole: %d", q == p + 3 * PAGE);
    MUST(munmap(p + 3 * PAGE, PAGE));
    q = mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("free hint is taken: %d", q == p + 3 * PAGE);
    q = mmap(p + 3 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    say("used hint is not: %d", q != p + 3 * PAGE && q != MAP_FAILED);

    int *shared = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    int *mine = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    CHILD("writer", shared[3] = 77; mine[3] = 77);
    say("shared %d, private %d", shared[3], mine[3]);

    char *none = MUSTP(mmap(NULL, 1UL << 36, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    say("64 GiB reserved: readable %d", readable(none + (1UL << 35)));
    SHOW(mprotect(none + (1UL << 35), PAGE, PROT_READ | PROT_WRITE));
    none[1UL << 35] = 9;
    say("touched %d, next page %d", none[1UL << 35], readable(none + (1UL << 35) + PAGE));
    SHOW(munmap(none, 1UL << 36));
    char *populated = MUSTP(
        mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0));
    unsigned char residency[64];
    SHOW(mincore(populated, 64 * PAGE, residency));
    int resident = 0;
    for (int i = 0; i < 64; i++) { resident += residency[i] & 1; }
    say("populated %d", resident);
    int (*code)(void) =
        MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memcpy((void *)code, "\xb8\x2a\x00\x00\x00\xc3", 6);
    say("generated code returns %d", code());
    char *low = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    say("MAP_32BIT below 2 GiB: %d", (uintptr_t)low < (1UL << 31));
    char *stack = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE,
        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_GROWSDOWN, -1, 0);
    say("MAP_GROWSDOWN %d", stack != MAP_FAILED);
    return 0;
}
