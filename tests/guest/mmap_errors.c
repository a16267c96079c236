// SPDX-License-Identifier: Apache-2.0
// The errors of mmap(2), munmap(2), mprotect(2), msync(2), mincore(2), mlock(2).
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    int none = MAP_PRIVATE | MAP_ANONYMOUS;
    SHOW(mmap(NULL, 0, PROT_READ, none, -1, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_ANONYMOUS, -1, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, -1, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, 99, 0));
    SHOW(mmap((void *)0x10001, PAGE, PROT_READ, none | MAP_FIXED, -1, 0));
    SHOW(syscall(SYS_mmap, NULL, PAGE, PROT_READ, none, -1, 1));
    SHOW(mmap(NULL, 1UL << 62, PROT_READ, none, -1, 0));
    SHOW(mmap(NULL, -1UL, PROT_READ, none, -1, 0));
    SHOW(mmap((void *)0x7ffffffff000, PAGE, PROT_READ, none | MAP_FIXED, -1, 0));
    SHOW(mmap((void *)0xffff800000000000, PAGE, PROT_READ, none | MAP_FIXED, -1, 0));
    int ends[2];
    MUST(pipe(ends));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, ends[0], 0));
    int dir = (int)MUST(open(".", O_RDONLY));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, dir, 0));
    put_file("file", "some text", 0644);
    int reader = (int)MUST(open("file", O_RDONLY)), writer = (int)MUST(open("file", O_WRONLY));
    SHOW(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, reader, 0));
    OK(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, reader, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, writer, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, writer, 0));
    SHOW(syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, reader, 100));
    int path = (int)MUST(open("file", O_PATH));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, path, 0));
    OK(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE, reader, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, reader, 0));

    char *p = MUSTP(mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, none, -1, 0));
    SHOW(munmap(p + 1, PAGE));
    SHOW(munmap(p, 0));
    SHOW(munmap(p, -1UL));
    SHOW(munmap((void *)0xffff800000000000, PAGE));
    SHOW(munmap(p + PAGE, PAGE));
    SHOW(munmap(p + PAGE, PAGE));
    SHOW(mprotect(p + 1, PAGE, PROT_READ));
    SHOW(mprotect(p, 3 * PAGE, PROT_READ));
    SHOW(writable(p));
    SHOW(mprotect(p, 0, PROT_READ));
    SHOW(mprotect(p, PAGE, 0x10000));
    SHOW(mprotect(p, PAGE, PROT_GROWSDOWN | PROT_GROWSUP));
    SHOW(mprotect((void *)PAGE, PAGE, PROT_READ));
    char *shared = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, reader, 0));
    SHOW(mprotect(shared, PAGE, PROT_READ | PROT_WRITE));
    SHOW(msync(p, PAGE, MS_SYNC | MS_ASYNC));
    SHOW(msync(p + 1, PAGE, MS_SYNC));
    SHOW(msync(p, PAGE, 64));
    SHOW(msync(p, 3 * PAGE, MS_SYNC));
    SHOW(msync(shared, PAGE, MS_SYNC));
    SHOW(msync(shared, PAGE, MS_ASYNC | MS_INVALIDATE));
    unsigned char residency[8];
    SHOW(mincore(p + 1, PAGE, residency));
    SHOW(mincore(p, 3 * PAGE, residency));
    SHOW(mincore(p, PAGE, BAD));
    SHOW(mincore(p, 0, residency));
    SHOW(mlock(p, PAGE));
    SHOW(munlock(p, PAGE));
    SHOW(mlock(p, 3 * PAGE));
    SHOW(mlockall(0));
    SHOW(mlockall(64));
    SHOW(mlock2(p, PAGE, 64));
    return 0;
}
