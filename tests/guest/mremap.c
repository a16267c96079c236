// SPDX-License-Identifier: Apache-2.0
// mremap(2): shrink, grow in place, move, fixed, dontunmap, old size 0, file mappings, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
    char *area = MUSTP(mmap(NULL, 64 * PAGE, PROT_NONE, anonymous, -1, 0));
    char *p = MUSTP(mmap(area, 4 * PAGE, PROT_READ | PROT_WRITE, anonymous | MAP_FIXED, -1, 0));
    for (int i = 0; i < 4; i++) { p[i * PAGE] = 'a' + i; }
    char *q = mremap(p, 4 * PAGE, 2 * PAGE, 0);
    say("shrink in place %d, tail readable %d", q == p, readable(p + 2 * PAGE));
    q = mremap(p, 2 * PAGE, 4 * PAGE, 0);
    say("grow into the hole %d, %d %d", q == p, p[0], p[2 * PAGE]);
    SHOW(mremap(p, 4 * PAGE, 8 * PAGE, 0));
    q = mremap(p, 4 * PAGE, 8 * PAGE, MREMAP_MAYMOVE);
    say("moved %d: %c %c, old readable %d", q != p && q != MAP_FAILED, q[0], q[PAGE], readable(p));
    q[7 * PAGE] = 'h';
    char *to = area + 20 * PAGE;
    char *r = mremap(q, 8 * PAGE, 8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to);
    say("fixed %d: %c %c %c, old readable %d", r == to, r[0], r[PAGE], r[7 * PAGE], readable(q));
    r = mremap(to, 8 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, area + 40 * PAGE);
    say("fixed and shrunk %d: %c, old %d %d", r == area + 40 * PAGE, r[0], readable(to),
        readable(to + 7 * PAGE));
    SHOW(mremap(r, 3 * PAGE, 3 * PAGE, MREMAP_FIXED, to));
    SHOW(mremap(r, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, r + PAGE));
    SHOW(mremap(r, 3 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to + 1));
    SHOW(mremap(r + 1, PAGE, PAGE, 0));
    SHOW(mremap(r, PAGE, 0, 0));
    SHOW(mremap(r, PAGE, PAGE, 64));
    SHOW(mremap(r, 0, PAGE, MREMAP_MAYMOVE));
    SHOW(mremap((void *)PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
    SHOW(mremap(r, 10 * PAGE, 11 * PAGE, MREMAP_MAYMOVE));
    SHOW(mremap(r, PAGE, 1UL << 62, MREMAP_MAYMOVE));
    MUST(mprotect(r + PAGE, PAGE, PROT_READ));
    SHOW(mremap(r, 3 * PAGE, 6 * PAGE, MREMAP_MAYMOVE));
    char *middle = mremap(r + PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    say("part moved %d, hole %d %d", middle != MAP_FAILED, readable(r + PAGE), readable(r + 2 * PAGE));
    q = mremap(r, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
    say("dontunmap %d: %c, old %d", q != r, q[0], r[0]);
    SHOW(mremap(r, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0));

    char *shared = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    char *twin = mremap(shared, 0, PAGE, MREMAP_MAYMOVE);
    shared[9] = 'T';
    say("twin of a shared mapping %c", twin[9]);
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    MUST(ftruncate(fd, 4 * PAGE));
    MUST(pwrite(fd, "third", 5, 2 * PAGE));
    char *mapped = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE));
    mapped = mremap(mapped, PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    say("file mapping grown: %.5s", mapped + PAGE);
    return 0;
}
