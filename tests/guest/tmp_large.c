// SPDX-License-Identifier: Apache-2.0
// Large files in /tmp: transfers across every boundary inside, holes, truncation both ways, partial faults in
// large reads and writes, mappings that begin after writes and see later ones, a writer against truncation.
#include "t.h"

#define MEG (1 << 20)

static unsigned char *out, *in;
static char path[] = "/tmp/moat-large-XXXXXX";

static unsigned sum(const unsigned char *bytes, long count)
{
    unsigned result = 17;
    for (long i = 0; i < count; i++) { result = result * 31 + bytes[i]; }
    return result;
}

static void fill(unsigned seed)
{
    for (long i = 0; i < 2 * MEG; i++) {
        seed = seed * 1103515245 + 12345;
        out[i] = (unsigned char)(seed >> 16);
    }
}

static void sizes(int fd)
{
    static const long lengths[] = { 1, 4095, 4096, 8191, 8192, 8193, 65535, 65536, 65537, 262143, 262144,
        262145, MEG, MEG + 1 };
    static const long offsets[] = { 0, 1, 4095, 32767, 32768, 262143, 262144, 300000, 524287 };
    for (unsigned i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        fill(i + 1);
        for (unsigned j = 0; j < sizeof offsets / sizeof *offsets; j++) {
            memset(in, 0, 2 * MEG);
            long put = pwrite(fd, out, lengths[i], offsets[j]);
            long got = pread(fd, in, lengths[i], offsets[j]);
            if (put != lengths[i] || got != put || memcmp(in, out, put) != 0) {
                say("length %ld offset %ld: put %ld got %ld", lengths[i], offsets[j], put, got);
            }
        }
    }
    SHOW(lseek(fd, 0, SEEK_END));
    memset(in, 0, 2 * MEG);
    SHOW(pread(fd, in, 2 * MEG, 0));
    say("all %u", sum(in, 2 * MEG));
    SHOW(pread(fd, in, MEG, 100 * MEG));
    SHOW(lseek(fd, 5000, SEEK_SET));
    SHOW(read(fd, in, 100000));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(write(fd, out, 100000));
    SHOW(lseek(fd, 0, SEEK_CUR));
    struct iovec two[3] = { { in, 9000 }, { in + 50000, 1 }, { in + 100000, 70000 } };
    SHOW(preadv(fd, two, 3, 4000));
    say("vectors %u %u %u", sum(in, 9000), sum(in + 50000, 1), sum(in + 100000, 70000));
    SHOW(pwritev(fd, two, 3, 777777));
    SHOW(pread(fd, in, MEG, 777000));
    say("written %u", sum(in, MEG));
}

static void holes(int fd)
{
    SHOW(ftruncate(fd, 0));
    SHOW(pwrite(fd, out, 10000, 5 * MEG));
    SHOW(ftruncate(fd, 10 * MEG));
    SHOW(pread(fd, in, 2 * MEG, 4 * MEG));
    say("hole and data %u", sum(in, 2 * MEG));
    SHOW(lseek(fd, 0, SEEK_DATA));
    SHOW(lseek(fd, 5 * MEG, SEEK_HOLE));
    SHOW(lseek(fd, 6 * MEG, SEEK_DATA));
    SHOW(ftruncate(fd, 5 * MEG + 5000));
    SHOW(ftruncate(fd, 5 * MEG + 12000));
    SHOW(pread(fd, in, 20000, 5 * MEG));
    say("cut and grown %u", sum(in, 12000));
    SHOW(ftruncate(fd, 5 * MEG));
    SHOW(ftruncate(fd, 6 * MEG));
    SHOW(pread(fd, in, MEG, 5 * MEG));
    say("zeros %u", sum(in, MEG));
}

static void faults(int fd)
{
    char *area = mmap(NULL, 64 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(munmap(area + 40 * PAGE, PAGE));
    SHOW(ftruncate(fd, 0));
    SHOW(pwrite(fd, out, 64 * PAGE, 0));
    SHOW(pread(fd, area, 64 * PAGE, 100));
    say("before the fault %u", sum((unsigned char *)area, 40 * PAGE));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(read(fd, area, 64 * PAGE));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(read(fd, area + 40 * PAGE, 10 * PAGE));
    SHOW(lseek(fd, 0, SEEK_CUR));
    memset(area, 'w', 40 * PAGE);
    SHOW(ftruncate(fd, 0));
    SHOW(pwrite(fd, area, 64 * PAGE, 0));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(write(fd, area + 40 * PAGE, 10 * PAGE));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pwrite(fd, area, 64 * PAGE, 4 * PAGE));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pread(fd, in, MEG, 0));
    say("written before faults %u", sum(in, 44 * PAGE));
}

static void mappings(int fd)
{
    fill(99);
    SHOW(ftruncate(fd, 0));
    SHOW(pwrite(fd, out, MEG + 100, 0));
    unsigned char *map = mmap(NULL, 2 * MEG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    say("mapped %u", sum(map, MEG + 100));
    SHOW(pwrite(fd, out + 5000, 300000, 10));
    say("seen in the mapping %d", memcmp(map + 10, out + 5000, 300000) == 0);
    memset(map + 400000, 'm', 100000);
    SHOW(pread(fd, in, 2 * MEG, 0));
    say("seen in the file %u", sum(in, MEG + 100));
    SHOW(ftruncate(fd, 1000));
    SHOW(ftruncate(fd, 2 * MEG));
    say("cut %u", sum(map, 2 * MEG));
    SHOW(munmap(map, 2 * MEG));
    SHOW(pwrite(fd, out, MEG, MEG / 2));
    SHOW(pread(fd, in, 2 * MEG, 0));
    say("after the mapping %u", sum(in, 2 * MEG));
}

static int stop;

static void *truncate_often(void *at)
{
    int fd = *(int *)at;
    while (!__atomic_load_n(&stop, __ATOMIC_SEQ_CST)) {
        MUST(ftruncate(fd, 300000));
        MUST(ftruncate(fd, 0));
        MUST(ftruncate(fd, 700000));
    }
    return NULL;
}

// Every write is either before or after a truncation: what lies beyond the last one is zero.
static void races(void)
{
    char other[] = "/tmp/moat-race-XXXXXX";
    int fd = (int)MUST(mkstemp(other)), bad = 0;
    pthread_t thread;
    memset(out, 'x', MEG);
    MUST(pthread_create(&thread, NULL, truncate_often, &fd) == 0 ? 0 : -1);
    for (int i = 0; i < 300; i++) {
        bad += pwrite(fd, out, 500000, 100000) != 500000;
        long got = pread(fd, in, MEG, 0);
        for (long at = 0; at < got; at++) {
            bad += in[at] != 0 && (at < 100000 || at >= 600000 || in[at] != 'x');
        }
    }
    __atomic_store_n(&stop, 1, __ATOMIC_SEQ_CST);
    pthread_join(thread, NULL);
    MUST(ftruncate(fd, 0));
    MUST(pwrite(fd, out, 500000, 100000));
    MUST(ftruncate(fd, MEG));
    MUST(pread(fd, in, MEG, 0));
    say("races: bad %d, in the end %u", bad, sum(in, MEG));
    MUST(unlink(other));
}

int main(void)
{
    out = malloc(2 * MEG + 1);
    in = malloc(2 * MEG + 1);
    int fd = (int)MUST(mkstemp(path));
    sizes(fd);
    holes(fd);
    faults(fd);
    mappings(fd);
    races();
    SHOW(unlink(path));
    return 0;
}
