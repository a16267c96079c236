// SPDX-License-Identifier: Apache-2.0
// munmap(2), mprotect(2) and mmap(MAP_FIXED) that split, trim and merge mappings; holes seen through
// /proc/self/maps and probes.
#include "t.h"

static char *base;

// The mappings inside the arena, as offsets in pages and permissions, as /proc/self/maps shows them.
static void arena(const char *what)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512], text[512] = "";
    while (maps && fgets(line, sizeof line, maps)) {
        unsigned long start, end;
        char permissions[8];
        if (sscanf(line, "%lx-%lx %7s", &start, &end, permissions) != 3) { continue; }
        if (end <= (unsigned long)base || start >= (unsigned long)base + 16 * PAGE) { continue; }
        char part[64];
        snprintf(part, sizeof part, " %ld-%ld:%s", (long)(start - (unsigned long)base) / (long)PAGE,
            (long)(end - (unsigned long)base) / (long)PAGE, permissions);
        strcat(text, part);
    }
    if (maps) { fclose(maps); }
    say("%s:%s", what, text);
}

int main(void)
{
    char *area = MUSTP(mmap(NULL, 18 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    base = area + PAGE;
    MUST(mmap(base, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    memset(base, 1, 16 * PAGE);
    arena("whole");
    SHOW(munmap(base + 4 * PAGE, 2 * PAGE));
    arena("hole");
    SHOW(munmap(base, PAGE));
    SHOW(munmap(base + 15 * PAGE, PAGE));
    arena("trimmed");
    SHOW(munmap(base + 3 * PAGE, 4 * PAGE));
    arena("over the hole");
    SHOW(mprotect(base + 9 * PAGE, 2 * PAGE, PROT_READ));
    arena("protected middle");
    SHOW(mprotect(base + 9 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE));
    arena("merged again");
    SHOW(mprotect(base + 7 * PAGE, 8 * PAGE, PROT_NONE));
    arena("none");
    SHOW(mprotect(base + 10 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC));
    arena("rwx");
    say("kept its content: %d", base[10 * PAGE]);
    MUST(mmap(base, 16 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    arena("replaced");
    say("content gone: %d", base[10 * PAGE]);
    for (int i = 0; i < 16; i += 2) { MUST(munmap(base + i * PAGE, PAGE)); }
    arena("comb");
    for (int i = 0; i < 16; i++) {
        if (readable(base + i * PAGE) != i % 2) { say("page %d wrong", i); }
    }
    SHOW(munmap(base, 16 * PAGE));
    arena("gone");
    return 0;
}
