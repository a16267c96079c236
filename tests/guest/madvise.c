// SPDX-License-Identifier: Apache-2.0
// madvise(2): what MADV_DONTNEED, DONTFORK, WIPEONFORK, FREE, REMOVE and POPULATE do, the hints, errors.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    char *p = MUSTP(mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(p, 9, 8 * PAGE);
    SHOW(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED));
    say("%d %d %d %d", p[0], p[PAGE], p[2 * PAGE], p[3 * PAGE]);
    SHOW(madvise(p, 8 * PAGE, MADV_NORMAL));
    SHOW(madvise(p, 8 * PAGE, MADV_RANDOM));
    SHOW(madvise(p, 8 * PAGE, MADV_SEQUENTIAL));
    SHOW(madvise(p, 8 * PAGE, MADV_WILLNEED));
    SHOW(madvise(p, PAGE, MADV_FREE));
    SHOW(madvise(p, 0, MADV_DONTNEED));
    SHOW(madvise(p + 1, PAGE, MADV_DONTNEED));
    SHOW(madvise(p, PAGE, 12345));
    SHOW(madvise((void *)PAGE, PAGE, MADV_DONTNEED));
    SHOW(madvise(p, -PAGE, MADV_DONTNEED));
    SHOW(madvise(p + 4 * PAGE, PAGE, MADV_DONTFORK));
    SHOW(madvise(p + 5 * PAGE, PAGE, MADV_WIPEONFORK));
    p[3 * PAGE] = 33;
    p[5 * PAGE] = 55;
    CHILD("child",
        say("fork %d, dontfork readable %d, wiped %d", p[3 * PAGE], readable(p + 4 * PAGE), p[5 * PAGE]));
    say("parent keeps %d", p[5 * PAGE]);
    SHOW(madvise(p + 4 * PAGE, PAGE, MADV_DOFORK));
    SHOW(madvise(p + 5 * PAGE, PAGE, MADV_KEEPONFORK));
    CHILD("child", say("dofork readable %d, kept %d", readable(p + 4 * PAGE), p[5 * PAGE]));
    SHOW(madvise(p, 8 * PAGE, MADV_DONTDUMP));
    SHOW(madvise(p, 8 * PAGE, MADV_DODUMP));
    SHOW(madvise(p, 8 * PAGE, MADV_COLD));
    SHOW(madvise(p, 8 * PAGE, MADV_PAGEOUT));
    SHOW(madvise(p, 8 * PAGE, MADV_POPULATE_READ));
    SHOW(madvise(p, 8 * PAGE, MADV_POPULATE_WRITE));
    SHOW(mprotect(p, PAGE, PROT_READ));
    SHOW(madvise(p, PAGE, MADV_POPULATE_WRITE));
    SHOW(munmap(p + 6 * PAGE, PAGE));
    SHOW(madvise(p + 5 * PAGE, 3 * PAGE, MADV_DONTNEED));
    say("around the hole: %d %d", p[5 * PAGE], p[7 * PAGE]);

    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
    MUST(write(fd, "0123456789", 10));
    char *shared = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    shared[0] = 'S';
    SHOW(madvise(shared, PAGE, MADV_DONTNEED));
    say("shared keeps %c", shared[0]);
    char *copy = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    copy[1] = 'C';
    SHOW(madvise(copy, PAGE, MADV_DONTNEED));
    say("private falls back to %c", copy[1]);
    SHOW(madvise(copy, PAGE, MADV_FREE));
    SHOW(madvise(shared, PAGE, MADV_WIPEONFORK));
    return 0;
}
