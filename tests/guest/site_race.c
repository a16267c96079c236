// SPDX-License-Identifier: Apache-2.0
// Threads that run the same call site, for its first time, at the same moment: thousands of sites of every
// shape, with 2, 4 and 16 threads; each looks at its own result.
// @timeout 120
#include "sites.h"

SITES(mov_sites, 1500, MOV_SITE(186));
SITES(mov_read_sites, 750, "mov $0, %eax\nsyscall\nret");
SITES(xor_sites, 1500, XOR_SITE);
SITES(cave_sites, 750, CAVE_SITE);
SITES(long_nop_sites, 750, LONG_NOP_CAVE_SITE);
SITES(jump_cave_sites, 750, JUMP_CAVE_SITE);
SITES(shared_cave_sites, 750, CAVE2_SITE);
SITES(bare_sites, 300, BARE_SITE);
// The number is chosen before a branch: two ways to one syscall, one of them into the middle of the shape.
SITES(two_way_sites, 750, "mov $186, %eax\ntest %edi, %edi\njnz 1f\nmov $39, %eax\n1: syscall\nret");
// A loop whose body is the site, so that it is left and entered while it changes.
SITES(loop_sites, 300,
    "push %rbx\nmov %edi, %ebx\n1: mov $186, %eax\nsyscall\ndec %ebx\njnz 1b\npop %rbx\nret");

static struct meeting start;
static int zero, threads, part, wrong;
static pid_t self;

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d with %d threads: %ld instead of %ld", what, index, threads, got, wanted);
    }
}

static void run(int kind, int index, long me, long tid)
{
    char block[64];
    memset(block, 1, sizeof block);
    long n = 1 + me;
    switch (kind) {
        case 0: expect("mov", index, ENTER0(SITE(mov_sites, index), -1), tid); break;
        case 1:
            expect("mov read", index, ENTER3(SITE(mov_read_sites, index), -1, zero, block, n), n);
            expect("byte read", index, block[n - 1] * 10 + block[n], 1);
            break;
        case 2:
            expect("xor", index, ENTER3(SITE(xor_sites, index), -1, zero, block, n), n);
            expect("byte xor", index, block[n - 1] * 10 + block[n], 1);
            break;
        case 3: expect("cave", index, ENTER0(SITE(cave_sites, index), SYS_gettid), tid); break;
        case 4:
            expect("long nop", index, ENTER3(SITE(long_nop_sites, index), SYS_lseek, -1 - me, 0, 0), -EBADF);
            break;
        case 5: expect("jump cave", index, ENTER0(SITE(jump_cave_sites, index), SYS_gettid), tid); break;
        case 6:
            expect("shared cave", index,
                enter(SITE(shared_cave_sites, index), SYS_getpid, 0, 0, 0, 0, 0, SYS_gettid), tid - self);
            break;
        case 7: expect("bare", index, ENTER0(SITE(bare_sites, index), SYS_gettid), tid); break;
        case 8:
            expect("two ways", index, ENTER1(SITE(two_way_sites, index), -1, (index + me) & 1),
                (index + me) & 1 ? tid : self);
            break;
        default: expect("loop", index, ENTER1(SITE(loop_sites, index), -1, 4), tid); break;
    }
}

static const int counts[] = { mov_sites_count, mov_read_sites_count, xor_sites_count, cave_sites_count,
    long_nop_sites_count, jump_cave_sites_count, shared_cave_sites_count, bare_sites_count,
    two_way_sites_count, loop_sites_count };

static void *worker(void *number)
{
    long me = (long)number, tid = gettid();
    for (int kind = 0; kind < 10; kind++) {
        int from = counts[kind] / 3 * part, to = counts[kind] / 3 * (part + 1);
        for (int i = from; i < to; i++) {
            // Few threads meet before each site, many only now and then: they drift, and so find sites in
            // every state.
            if (threads == 2 || i % (threads * 4) == 0) { meet(&start); }
            run(kind, i, me, tid);
        }
        for (int i = from; i < to; i += 3) { run(kind, i, me, tid); }
    }
    return NULL;
}

int main(void)
{
    self = getpid();
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    static const int sizes[] = { 2, 4, 16 };
    for (part = 0; part < 3; part++) {
        threads = sizes[part];
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        start = (struct meeting){ .wanted = threads, .until = now.tv_sec + 10 };
        pthread_t t[16];
        for (long i = 0; i < threads; i++) { pthread_create(&t[i], NULL, worker, (void *)i); }
        for (int i = 0; i < threads; i++) { pthread_join(t[i], NULL); }
        say("%d threads: wrong %d", threads, wrong);
    }
    return 0;
}
