// SPDX-License-Identifier: Apache-2.0
// Jumps into the middle of call sites, before and after they were run whole: to the syscall instruction with
// another rax, to the instruction behind it, by fallthrough, direct jump and indirect call, from one thread
// and while another one runs the same site for its first time.
// @variants static,static-pie
// @timeout 60
#include "sites.h"

SITES(mov_sites, 400, MOV_SITE(39));
SITES(xor_sites, 400, XOR_SITE);
// What follows a read in the C library: the comparison, then a branch on its flags.
SITES(error_sites, 200, "xor %eax, %eax\nsyscall\ncmp $-4096, %rax\nja 1f\nret\n1: mov $-77, %rax\nret");
SITES(cave_sites, 400, CAVE_SITE);
SITES(jump_cave_sites, 200, JUMP_CAVE_SITE);
// Three ways to one syscall instruction, all taken by compilers: edi chooses.
SITES(three_ways, 200,
    "cmp $1, %edi\nje 2f\nja 3f\nmov $39, %eax\n1: syscall\nret\n2: mov $110, %eax\njmp 1b\n3: mov $102, "
    "%eax\njmp 1b");
SITES(xor_two_ways, 200,
    "mov %r9, %rax\ncmp $0, %r8\njne 1f\nxor %eax, %eax\n1: syscall\ncmp $-4096, %rax\nja 2f\nret\n2: neg "
    "%rax\nret");
// A second entry behind the call, and a loop back to it.
SITES(behind_sites, 200, "mov $39, %eax\nsyscall\n1: dec %esi\njs 2f\ninc %rax\njmp 1b\n2: ret");
// Two sites in a row, nothing between them: the first one's end is the second one's start.
SITES(row_sites, 200,
    "mov $39, %eax\nsyscall\nmov $186, %eax\nsyscall\nxor %eax, %eax\nsyscall\ncmp $-4096, %rax\nret");

static long self, parent, user;
static int zero, wrong;

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 12) {
        say("%s %d: %ld instead of %ld", what, index, got, wanted);
    }
}

static char *at(void *site, int offset) { return (char *)site + offset; }

// One copy in every way; the order of the ways differs from copy to copy.
static void mov(int i, int way)
{
    char *site = SITE(mov_sites, i);
    switch (way) {
        case 0: expect("mov whole", i, ENTER0(site, -1), self); break;
        case 1: expect("mov syscall", i, ENTER0(at(site, 5), SYS_getppid), parent); break;
        case 2: expect("mov syscall with an error", i, ENTER1(at(site, 5), SYS_close, -1), -EBADF); break;
        case 3: expect("mov behind", i, ENTER0(at(site, 7), 1234), 1234); break;
        default: expect("mov no call", i, ENTER0(at(site, 5), 100000), -ENOSYS); break;
    }
}

static void xor
    (int i, int way) {
        char *site = SITE(xor_sites, i), c = 7;
        switch (way) {
            case 0: expect("xor whole", i, ENTER3(site, -1, zero, &c, 1) * 10 + c, 10); break;
            case 1: expect("xor syscall", i, ENTER0(at(site, 2), SYS_getppid), parent); break;
            case 2: expect("xor syscall with an error", i, ENTER1(at(site, 2), SYS_close, -1), -EBADF); break;
            case 3: expect("xor behind", i, ENTER0(at(site, 4), 0x123456789abcde), 0x123456789abcde); break;
            default: expect("xor behind all", i, ENTER0(at(site, 10), 77), 77); break;
        }
    }

    static void error(int i, int way)
{
    char *site = SITE(error_sites, i % error_sites_count), c = 7;
    switch (way) {
        case 0: expect("error whole", i, ENTER3(site, -1, -1, &c, 1), -77); break;
        case 1: expect("error syscall", i, ENTER1(at(site, 2), SYS_close, -1), -77); break;
        case 2: expect("no error", i, ENTER3(site, -1, zero, &c, 1), 1); break;
        case 3: expect("error compared", i, ENTER0(at(site, 4), -4095), -77); break;
        default: expect("no error compared", i, ENTER0(at(site, 4), -4096), -4096); break;
    }
}

static void cave(int i, int way)
{
    char *site = SITE(cave_sites, i), *jump = SITE(jump_cave_sites, i % jump_cave_sites_count);
    switch (way) {
        case 0: expect("cave whole", i, ENTER0(site, SYS_getpid), self); break;
        case 1: expect("cave behind", i, ENTER0(at(site, 2), 4321), 4321); break;
        case 2: expect("jump cave", i, ENTER0(jump, SYS_getppid), parent); break;
        case 3: expect("jump cave behind", i, ENTER0(at(jump, 2), 99), 99); break;
        default: expect("cave error", i, ENTER1(site, SYS_close, -5), -EBADF); break;
    }
}

static void ways(int i, int way)
{
    char *site = SITE(three_ways, i % 200), *two = SITE(xor_two_ways, i % 200);
    char *behind = SITE(behind_sites, i % 200), *row = SITE(row_sites, i % 200), c;
    switch (way) {
        case 0:
            expect("three ways", i, ENTER1(site, -1, i % 3), i % 3 == 0 ? self : i % 3 == 1 ? parent : user);
            break;
        case 1:
            expect("two ways xor", i, enter(two, -1, zero, (long)&c, 1, 0, 0, 9), 1);
            expect("two ways xor error", i, enter(two, -1, -1, (long)&c, 1, 0, 0, 9), EBADF);
            break;
        case 2:
            expect("two ways other", i, enter(two, -1, 0, 0, 0, 0, 1, SYS_getppid), parent);
            expect("two ways other error", i, enter(two, -1, -1, 0, 0, 0, 1, SYS_close), EBADF);
            break;
        case 3: expect("behind, repeated", i, ENTER2(behind, -1, 0, 5), self + 5); break;
        default:
            expect("in a row", i, ENTER3(row, -1, zero, &c, 1), 1);
            expect("in a row, second", i, ENTER3(at(row, 7), -1, zero, &c, 1), 1);
            expect("in a row, second's syscall", i, ENTER3(at(row, 12), SYS_getppid, -1, &c, 1), -EBADF);
            break;
    }
}

static void (*const kinds[])(int, int) = { mov, xor, error, cave, ways };
static struct meeting start;
static int first;

static void *other(void *kind)
{
    int k = (int)(long)kind;
    for (int i = first; i < first + 100; i++) {
        meet(&start);
        for (int way = 0; way < 6; way++) { kinds[k](i, (i + way) % 5); }
    }
    return NULL;
}

// Jumps into bytes that are no instruction of the program's own until the copy was run: what they do is
// defined, since the immediate is a whole program of its own.
SITES(hidden_sites, 50, "mov $0xc3909090, %eax\nsyscall\nret");

int main(void)
{
    self = getpid();
    parent = getppid();
    user = getuid();
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < 200; i++) {
            // First into the middle, then whole, and the other way round.
            for (int n = 0; n < 12; n++) { kinds[k](i, (i + n) % 5); }
        }
        say("kind %d alone: wrong %d", k, wrong);
    }
    for (int k = 0; k < 4; k++) {
        for (first = 200; first < 400; first += 100) {
            start = (struct meeting){ .wanted = 3 };
            pthread_t t[3];
            for (int i = 0; i < 3; i++) { pthread_create(&t[i], NULL, other, (void *)(long)k); }
            for (int i = 0; i < 3; i++) { pthread_join(t[i], NULL); }
        }
        say("kind %d together: wrong %d", k, wrong);
    }
    for (int i = 0; i < 50; i++) {
        char *site = SITE(hidden_sites, i);
        expect("hidden", i, ENTER0(at(site, 1), 11), 11);
        expect("no such call", i, ENTER0(site, -1), -ENOSYS);
        expect("hidden after", i, ENTER0(at(site, 1), 12), 12);
    }
    say("hidden code in a number: wrong %d", wrong);
    return 0;
}
