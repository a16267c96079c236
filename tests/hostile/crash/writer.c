// SPDX-License-Identifier: Apache-2.0
// Writes records and says which are safe: writer write DIR MODE... runs each mode in a process of its own without end,
// writer once DIR MODE makes one record when a line comes in, and writer verify DIR reads what was confirmed ("MODE
// NUMBER") and looks whether it is all there. A record's content follows from its mode and number.
#include "../../guest/t.h"
#include <sys/uio.h>

enum { BYTES = 3000, MAPPED = 4000 };

struct record { uint32_t magic, number; uint64_t sum; unsigned char content[BYTES]; };

static const char *directory;

static void fill(struct record *record, const char *mode, uint32_t number)
{
    uint64_t state = number * 0x9e3779b97f4a7c15UL + 1, sum = 0;
    for (const char *c = mode; *c; c++) { state = state * 31 + (unsigned char)*c; }
    for (int i = 0; i < BYTES; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        record->content[i] = (unsigned char)state;
        sum = sum * 131 + record->content[i];
    }
    record->magic = 0x4d6f6174;
    record->number = number;
    record->sum = sum;
}

static char *place(const char *name, const char *end)
{
    static char paths[4][PATH_MAX];
    static int next;
    next = (next + 1) % 4;
    snprintf(paths[next], sizeof paths[next], "%s/%s%s", directory, name, end);
    return paths[next];
}

static void put(int fd, const struct record *record)
{
    MUST(write(fd, record, sizeof *record) == sizeof *record ? 0 : -1);
}

static int is(const char *mode, const char *name) { return strcmp(mode, name) == 0; }

// What a mode needs before its first record.
static int begin(const char *mode)
{
    int flags = O_RDWR | O_CREAT | O_APPEND;
    if (is(mode, "osync")) { flags |= O_SYNC; }
    if (is(mode, "odsync")) { flags |= O_DSYNC; }
    if (is(mode, "msync")) { flags &= ~O_APPEND; }
    int fd = (int)MUST(open(place(mode, ".log"), flags, 0644));
    if (is(mode, "msync")) {
        MUST(ftruncate(fd, (off_t)MAPPED * sizeof(struct record)));
        MUST(fsync(fd));
    }
    return fd;
}

static void replace(const struct record *record)
{
    int fd = (int)MUST(open(place("rename", ".new"), O_WRONLY | O_CREAT | O_TRUNC, 0644));
    put(fd, record);
    MUST(fsync(fd));
    close(fd);
    MUST(rename(place("rename", ".new"), place("rename", ".log")));
    fd = (int)MUST(open(directory, O_RDONLY | O_DIRECTORY));
    MUST(fsync(fd));
    close(fd);
}

static void step(const char *mode, int fd, uint32_t number)
{
    struct record record;
    fill(&record, mode, number);
    if (is(mode, "rename")) {
        replace(&record);
        return;
    }
    if (is(mode, "msync")) {
        off_t at = (off_t)number * sizeof record, page = at & -(off_t)PAGE;
        size_t length = at - page + sizeof record;
        char *memory = MUSTP(mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page));
        memcpy(memory + (at - page), &record, sizeof record);
        MUST(msync(memory, length, MS_SYNC));
        MUST(munmap(memory, length));
        return;
    }
    if (is(mode, "rwf")) {
        struct iovec vector = { &record, sizeof record };
        MUST(pwritev2(fd, &vector, 1, -1, RWF_DSYNC) == sizeof record ? 0 : -1);
        return;
    }
    put(fd, &record);
    if (is(mode, "fsync") || is(mode, "lower")) { MUST(fsync(fd)); }
    if (is(mode, "fdatasync")) { MUST(fdatasync(fd)); }
    if (is(mode, "syncfs")) { MUST(syncfs(fd)); }
    if (is(mode, "sync")) { sync(); }
    if (is(mode, "range")) {
        MUST(sync_file_range(fd, 0, 0, 7));
        MUST(fdatasync(fd));
    }
    if (is(mode, "reader")) {
        int other = (int)MUST(open(place(mode, ".log"), O_RDONLY));
        MUST(fsync(other));
        close(other);
    }
}

static void run(const char *mode)
{
    int fd = begin(mode);
    struct stat st;
    MUST(fstat(fd, &st));
    uint32_t first = is(mode, "msync") || is(mode, "rename") ? 0 : (uint32_t)(st.st_size / sizeof(struct record));
    // What was being written when the last round ended may be there in part.
    if (first > 0) { MUST(ftruncate(fd, (off_t)first * sizeof(struct record))); }
    for (uint32_t number = first; !is(mode, "msync") || number < MAPPED; number++) {
        step(mode, fd, number);
        say("%s %u", mode, number);
    }
    pause();
}

// 1 when a file has the record with a number, whole, at its place.
static int has(const char *mode, uint32_t number)
{
    struct record want, found;
    int fd = open(place(mode, ".log"), O_RDONLY);
    if (fd < 0) { return 0; }
    ssize_t n = pread(fd, &found, sizeof found, is(mode, "rename") ? 0 : (off_t)number * sizeof found);
    close(fd);
    if (n != sizeof found || (is(mode, "rename") ? found.number < number : found.number != number)) { return 0; }
    fill(&want, mode, found.number);
    return memcmp(&want, &found, sizeof want) == 0;
}

static int verify(void)
{
    char mode[32];
    unsigned number, records = 0, missing = 0;
    while (scanf("%31s %u", mode, &number) == 2) {
        records++;
        if (!has(mode, number) && missing++ < 10) { say("missing: %s %u", mode, number); }
    }
    say("missing %u", missing);
    return missing != 0 || records == 0;
}

int main(int argc, char **argv)
{
    directory = argv[2];
    umask(022);
    if (is(argv[1], "verify")) { return verify(); }
    if (is(argv[1], "once")) {
        char byte;
        int fd = begin(argv[3]);
        say("ready");
        MUST(read(0, &byte, 1));
        step(argv[3], fd, 0);
        say("done");
        return 0;
    }
    if (is(argv[1], "lower")) {
        // The file that the layer below has: a hundred records.
        for (uint32_t i = 0; i < 100; i++) {
            struct record record;
            fill(&record, "lower", i);
            put(1, &record);
        }
        return 0;
    }
    for (int i = 3; i < argc; i++) {
        if (fork() == 0) { run(argv[i]); }
    }
    while (wait(NULL) > 0) {}
    return 0;
}
