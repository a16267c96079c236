// SPDX-License-Identifier: Apache-2.0
// move_pages, migrate_pages, set_mempolicy_home_node on one node; remap_file_pages; ustat.
#include "t.h"
#include <sys/mman.h>
#include <sys/stat.h>

static void show(const char *what, long result) { say("%s: %s", what, result < 0 ? strerrorname_np(errno) : result == 0 ? "0" : "positive"); }

static void nodes(void)
{
    char *memory = MUSTP(mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memory[0] = 1;
    void *pages[4] = { memory, memory + 4096, memory + 100, (void *)0x10000 };
    int status[4] = { 99, 99, 99, 99 }, to[4] = { 0, 0, 0, 0 }, bad[4] = { 70000, 0, 0, 0 };
    show("where", syscall(SYS_move_pages, 0, 4L, pages, NULL, status, 0));
    say("status %d %d %d %d", status[0], status[1], status[2], status[3]);
    show("to node 0", syscall(SYS_move_pages, getpid(), 1L, pages, to, status, 2));
    say("status %d", status[0]);
    show("no such node", syscall(SYS_move_pages, 0, 1L, pages, bad, status, 2));
    show("no pages", syscall(SYS_move_pages, 0, 0L, NULL, NULL, NULL, 0));
    show("bad flags", syscall(SYS_move_pages, 0, 1L, pages, NULL, status, 1));
    show("bad pages", syscall(SYS_move_pages, 0, 1L, 16, NULL, status, 0));
    show("bad status", syscall(SYS_move_pages, 0, 1L, pages, NULL, 16, 0));
    show("no process", syscall(SYS_move_pages, 2000000, 1L, pages, NULL, status, 0));
    unsigned long zero = 0, one = 1;
    show("migrate to none", syscall(SYS_migrate_pages, 0, 64L, &one, &zero));
    show("migrate to the node", syscall(SYS_migrate_pages, 0, 64L, &one, &one));
    show("migrate, bad mask", syscall(SYS_migrate_pages, 0, 64L, 16L, &one));
    show("migrate, no process", syscall(SYS_migrate_pages, 2000000, 64L, &one, &one));
    show("home node", syscall(SYS_set_mempolicy_home_node, memory, 4096L, 0L, 0L));
    show("home node, nothing", syscall(SYS_set_mempolicy_home_node, memory, 0L, 0L, 0L));
    show("home node, unaligned", syscall(SYS_set_mempolicy_home_node, memory + 1, 4096L, 0L, 0L));
    show("home node, flags", syscall(SYS_set_mempolicy_home_node, memory, 4096L, 0L, 1L));
    show("home node, beyond", syscall(SYS_set_mempolicy_home_node, memory, 4096L, 5000L, 0L));
}

static void remapped(void)
{
    int fd = (int)MUST(memfd_create("pages", 0));
    MUST(ftruncate(fd, 4 * 4096));
    char *m = MUSTP(mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    for (int i = 0; i < 4; i++) { m[i * 4096] = (char)('a' + i); }
    show("first page to the third", syscall(SYS_remap_file_pages, m, 4096L, 0L, 2L, 0L));
    say("%c%c%c%c", m[0], m[4096], m[2 * 4096], m[3 * 4096]);
    m[0] = 'X';
    say("%c%c%c%c", m[0], m[4096], m[2 * 4096], m[3 * 4096]);
    show("two pages", syscall(SYS_remap_file_pages, m + 2 * 4096, 8192L, 0L, 0L, 0L));
    say("%c%c%c%c", m[0], m[4096], m[2 * 4096], m[3 * 4096]);
    show("protection", syscall(SYS_remap_file_pages, m, 4096L, PROT_READ, 2L, 0L));
    show("nothing", syscall(SYS_remap_file_pages, m, 100L, 0L, 0L, 0L));
    show("over an edge", syscall(SYS_remap_file_pages, m + 3 * 4096, 16384L, 0L, 0L, 0L));
    char *private = MUSTP(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0));
    show("private", syscall(SYS_remap_file_pages, private, 4096L, 0L, 1L, 0L));
    show("unmapped", syscall(SYS_remap_file_pages, 0x10000, 4096L, 0L, 1L, 0L));
}

int main(void)
{
    nodes();
    remapped();
    char u[32];
    struct stat s;
    MUST(stat(".", &s));
    show("ustat", syscall(SYS_ustat, (unsigned)s.st_dev, u));
    show("ustat, no device", syscall(SYS_ustat, 0xfffff, u));
    show("ustat, bad address", syscall(SYS_ustat, (unsigned)s.st_dev, 16L));
    return 0;
}
