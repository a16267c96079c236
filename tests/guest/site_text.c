// SPDX-License-Identifier: Apache-2.0
// Code whose call sites change under their platform: files mapped, run, unmapped and replaced at the same
// address; text made writable and rewritten in part; moved by mremap, dropped by madvise, copied; pages
// replaced in the middle of a site or of its cave; JIT pages; shared mappings, whose files never change.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "sites.h"

enum { PAGES = 4, FILE_SIZE = PAGES * 4096 };
static int zero, wrong;
static long parent;
static unsigned char image[FILE_SIZE];
// Sites in this program's own text, and the end of it.
SITES(own_sites, 1000, MOV_SITE(39));
SITES(own_caves, 500, CAVE_SITE);

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d: %ld instead of %ld", what, index, got, wanted);
    }
}

static void report(const char *what)
{
    say("%s: wrong %d", what, wrong);
    wrong = 0;
}

// Fills an image with sites of the kind: a number for mov, 0 for xor, -1 for sites with caves. One every 32
// bytes, from the given offset on.
static void build(unsigned char *to, int kind, int offset)
{
    memset(to, 0xcc, FILE_SIZE);
    for (int at = offset; at + 32 <= FILE_SIZE; at += 32) {
        if (kind > 0) {
            memcpy(to + at, "\xb8\x00\x00\x00\x00\x0f\x05\xc3", 8);
            to[at + 1] = (unsigned char)kind;
        } else if (kind == 0) {
            memcpy(to + at, "\x31\xc0\x0f\x05\x48\x3d\x00\xf0\xff\xff\xc3", 11);
        } else {
            memcpy(to + at, "\x0f\x05\xc3\x90\x90\x90\x90\x90\x90\x90\x90\x90\x90", 13);
        }
    }
}

static long value_of(int number)
{
    return number == SYS_getpid ? getpid()
        : number == SYS_getppid ? parent
        : number == SYS_gettid  ? gettid()
                                : getuid();
}

static void run(const char *what, unsigned char *code, int kind, int offset, int step)
{
    for (int at = offset; at + 32 <= FILE_SIZE; at += 32 * step) {
        char byte = 9;
        if (kind > 0) {
            expect(what, at, ENTER0(code + at, -1), value_of(kind));
        } else if (kind == 0) {
            expect(what, at, ENTER3(code + at, -1, zero, &byte, 1) * 10 + byte, 10);
        } else {
            expect(what, at, ENTER1(code + at, SYS_close, -1), -EBADF);
        }
    }
}

static int make_file(const char *name, int kind, int offset)
{
    build(image, kind, offset);
    int fd = (int)MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0755));
    MUST(write(fd, image, FILE_SIZE));
    return fd;
}

static const int kinds[] = { 39, 0, 110, -1, 186, 102 };
static int files[6];

static int file_is(int fd, int kind, int offset)
{
    static unsigned char now[FILE_SIZE];
    build(image, kind, offset);
    return pread(fd, now, FILE_SIZE, 0) == FILE_SIZE && memcmp(now, image, FILE_SIZE) == 0;
}

static unsigned char *map(int fd, void *where, int protection, int flags)
{
    return MUSTP(mmap(where, FILE_SIZE, protection, flags | (where ? MAP_FIXED : 0), fd, 0));
}

enum { RX = PROT_READ | PROT_EXEC, RW = PROT_READ | PROT_WRITE, RWX = 7 };

static void replaced(void)
{
    unsigned char *p = map(files[0], NULL, RX, MAP_PRIVATE);
    for (int i = 0; i < 120; i++) {
        int k = i * 5 % 6;
        if (i % 3 == 0) { MUST(munmap(p, FILE_SIZE)); }
        map(files[k], p, RX, MAP_PRIVATE);
        run("replaced", p, kinds[k], k, 1 + i % 7);
        if (i % 4 == 0) { run("replaced, again", p, kinds[k], k, 1); }
        // One page in the middle from another file.
        int other = (k + 2) % 6;
        MUST(mmap(p + 4096, 4096, RX, MAP_PRIVATE | MAP_FIXED, files[other], 4096) == MAP_FAILED ? -1 : 0);
        for (int at = 4096 + other; at < 8192 - 32; at += 96) {
            if (kinds[other] > 0) { expect("one page", i, ENTER0(p + at, -1), value_of(kinds[other])); }
        }
    }
    MUST(munmap(p, FILE_SIZE));
    report("files at one address");
}

static void rewritten(void)
{
    for (int k = 0; k < 6; k += 2) {
        unsigned char *p = map(files[k], NULL, RX, MAP_PRIVATE);
        run("before", p, kinds[k], k, 2);
        for (int round = 0; round < 8; round++) {
            MUST(mprotect(p, FILE_SIZE, round & 1 ? RWX : RW));
            int number = round % 3 == 0 ? SYS_getppid : round % 3 == 1 ? SYS_getuid : SYS_gettid;
            // Only the number's byte: the rest of the site is as it was.
            for (int at = k; at + 32 <= FILE_SIZE; at += 32) { p[at + 1] = (unsigned char)number; }
            if (round % 4 != 3) {
                MUST(mprotect(p, FILE_SIZE, RX));
            } else {
                MUST(mprotect(p, FILE_SIZE, RWX));
            }
            run("number rewritten", p, number, k, 1);
        }
        // All of it, and bytes that only the guest reads.
        MUST(mprotect(p, FILE_SIZE, RW));
        build(p, -1, 3);
        MUST(mprotect(p, FILE_SIZE, RX));
        run("all rewritten", p, -1, 3, 1);
        MUST(mprotect(p, FILE_SIZE, RW));
        build(image, -1, 3);
        expect("readable as written", k, memcmp(p, image, FILE_SIZE), 0);
        MUST(munmap(p, FILE_SIZE));
        expect("the file is as it was", k, file_is(files[k], kinds[k], k), 1);
    }
    report("text rewritten");
}

static void moved(void)
{
    for (int k = 0; k < 6; k++) {
        unsigned char *p = map(files[k], NULL, RX, MAP_PRIVATE),
                      *other = map(files[k], NULL, PROT_NONE, MAP_PRIVATE);
        run("before the move", p, kinds[k], k, 2);
        unsigned char *q = MUSTP(mremap(p, FILE_SIZE, FILE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, other));
        run("moved", q, kinds[k], k, 1);
        // Other code where it was.
        map(files[(k + 1) % 6], p, RX, MAP_PRIVATE);
        run("moved, old place taken", q, kinds[k], k, 1);
        run("in the old place", p, kinds[(k + 1) % 6], (k + 1) % 6, 1);
        for (int i = 0; i < 5; i++) {
            MUST(madvise(q, FILE_SIZE, MADV_DONTNEED));
            run("dropped", q, kinds[k], k, 1 + i);
        }
        MUST(mprotect(q, FILE_SIZE, PROT_NONE));
        MUST(mprotect(q, FILE_SIZE, RX));
        run("hidden and back", q, kinds[k], k, 1);
        MUST(munmap(p, FILE_SIZE));
        MUST(munmap(q, FILE_SIZE));
    }
    report("moved and dropped");
}

// A site that two pages share, the second of which is replaced after it was run.
static void torn(void)
{
    unsigned char *two = MUSTP(mmap(NULL, 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int cut = 1; cut < 11; cut++) {
        for (int kind = 0; kind < 3; kind++) {
            static const char *const shapes[] = { "\xb8\x27\0\0\0\x0f\x05\xc3\x90\x90\x90\x90",
                "\x31\xc0\x0f\x05\x48\x3d\0\xf0\xff\xff\xc3\x90",
                "\x0f\x05\xc3\x90\x90\x90\x90\x90\x90\x90\x90\x90" };
            static const int ends[] = { 7, 4, 2 };
            unsigned char *page = image;
            memset(page, 0xcc, 8192);
            memcpy(page + 4096 - cut, shapes[kind], 12);
            memset(page + 4096 + 32, 0xc3, 32);
            int fd = (int)MUST(open("torn", O_RDWR | O_CREAT | O_TRUNC, 0755));
            MUST(write(fd, page, 8192));
            MUST(mmap(two, 8192, RX, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED ? -1 : 0);
            long number = kind == 0 ? -1 : kind == 1 ? 0 : SYS_getpid, wanted = kind == 1 ? 1 : getpid();
            char byte;
            for (int i = 0; i < 3; i++) {
                expect("whole", cut, ENTER3(two + 4096 - cut, number, zero, &byte, 1), wanted);
            }
            // Now the second page begins with rets. Where the syscall is in the first one, it still happens.
            memset(page + 4096, 0xc3, 4096);
            MUST(pwrite(fd, page + 4096, 4096, 8192));
            MUST(mmap(two + 4096, 4096, RX, MAP_PRIVATE | MAP_FIXED, fd, 8192) == MAP_FAILED ? -1 : 0);
            if (cut >= ends[kind] && !(kind == 1 && cut > 4 && cut < 10)) {
                expect("torn behind", kind, ENTER3(two + 4096 - cut, number, zero, &byte, 1), wanted);
            } else if (kind == 0 && cut == 5) {
                expect("torn before", kind, ENTER0(two + 4096 - cut, -1), 39);
            } else if (kind == 1 && cut == 2) {
                expect("torn before", kind, ENTER0(two + 4096 - cut, -1), 0);
            }
            close(fd);
        }
    }
    report("torn");
    // At the very end of what is mapped.
    MUST(munmap(two + 4096, 4096));
    MUST(mmap(two, 4096, RW, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1 : 0);
    int fd = (int)MUST(open("torn", O_RDWR | O_CREAT | O_TRUNC, 0755));
    memset(image, 0x90, 4096);
    memcpy(image + 4093, "\x0f\x05\xc3", 3);
    memcpy(image + 4080, "\x0f\x05\xc3\x90\x90\x90\x90\x90", 8);
    MUST(write(fd, image, 4096));
    MUST(mmap(two, 4096, RX, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED ? -1 : 0);
    for (int i = 0; i < 5; i++) {
        expect("at the end", i, ENTER0(two + 4093, SYS_getppid), parent);
        expect("near the end", i, ENTER0(two + 4080, SYS_getppid), parent);
        // Through the nops to the last one.
        expect("nops", i, ENTER0(two + 4085, SYS_getppid), parent);
    }
    close(fd);
    report("at the end of a mapping");
}

static void jit(void)
{
    unsigned char *p = MUSTP(mmap(NULL, FILE_SIZE, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < 60; i++) {
        int k = i % 6;
        build(p, kinds[k], i % 9);
        run("jit", p, kinds[k], i % 9, 3);
        run("jit again", p, kinds[k], i % 9, 5);
    }
    for (int i = 0; i < 40; i++) {
        int k = i % 6;
        MUST(mprotect(p, FILE_SIZE, RW));
        build(p, kinds[k], i % 9);
        MUST(mprotect(p, FILE_SIZE, RX));
        run("jit, never both", p, kinds[k], i % 9, 1);
    }
    // One page seen at two addresses, written through one and run through the other.
    int fd = (int)MUST(memfd_create("jit", 0));
    MUST(ftruncate(fd, FILE_SIZE));
    unsigned char *w = map(fd, NULL, RW, MAP_SHARED), *x = map(fd, NULL, RX, MAP_SHARED);
    for (int i = 0; i < 40; i++) {
        int k = i % 6;
        build(w, kinds[k], 1);
        run("two views", x, kinds[k], 1, 2);
        build(image, kinds[k], 1);
        expect("the writer sees what it wrote", i, memcmp(w, image, FILE_SIZE), 0);
    }
    report("jit");
}

static void shared(void)
{
    for (int k = 0; k < 6; k++) {
        unsigned char *s = map(files[k], NULL, RX, MAP_SHARED), *p = map(files[k], NULL, RX, MAP_PRIVATE);
        for (int i = 0; i < 3; i++) {
            run("shared", s, kinds[k], k, 1);
            run("private beside it", p, kinds[k], k, 1);
        }
        build(image, kinds[k], k);
        expect("shared memory is as it was", k, memcmp(s, image, FILE_SIZE), 0);
        MUST(munmap(s, FILE_SIZE));
        MUST(munmap(p, FILE_SIZE));
        expect("the file is as it was", k, file_is(files[k], kinds[k], k), 1);
    }
    report("shared");
}

// A hash of the program's file, by read and by a mapping of its own.
static unsigned long hash_of_self(int mapped)
{
    unsigned long hash = 1469598103934665603UL;
    int fd = (int)MUST(open("/proc/self/exe", O_RDONLY));
    struct stat s;
    MUST(fstat(fd, &s));
    unsigned char *p =
        mapped ? MUSTP(mmap(NULL, s.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) : malloc(s.st_size);
    if (!mapped) { MUST(read(fd, p, s.st_size) == s.st_size ? 0 : -1); }
    for (long i = 0; i < s.st_size; i++) { hash = (hash ^ p[i]) * 1099511628211UL; }
    if (mapped) {
        munmap(p, s.st_size);
    } else {
        free(p);
    }
    close(fd);
    return hash;
}

int main(void)
{
    parent = getppid();
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    unsigned long before = hash_of_self(0);
    for (int k = 0; k < 6; k++) { files[k] = make_file((char[]){ 'f', (char)('0' + k), 0 }, kinds[k], k); }
    for (int i = 0; i < 1000; i++) { expect("own", i, ENTER0(SITE(own_sites, i), -1), getpid()); }
    for (int i = 0; i < 500; i++) { expect("own cave", i, ENTER0(SITE(own_caves, i), SYS_getppid), parent); }
    replaced();
    rewritten();
    moved();
    torn();
    jit();
    shared();
    // A function of the text, copied after it was run, to memory that may be run.
    unsigned char *copy = MUSTP(mmap(NULL, 8192, RWX, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memcpy(copy, SITE(own_sites, 3), 11);
    expect("a copy of a site", 3, ENTER0(copy, -1), getpid());
    memcpy(copy, own_caves, 14 * 8);
    expect("a copy of a cave", 0, ENTER0(copy, SYS_getppid), parent);
    report("copied");
    say("the program's file is unchanged %d %d", hash_of_self(0) == before, hash_of_self(1) == before);
    return 0;
}
