// SPDX-License-Identifier: Apache-2.0
// Random operations on a small tree, from a fixed seed: every result, and the whole tree now and then, is the host's.
// The argument is how many thousand operations; with a second one every result is printed, to find what differs.
// @args 20
// @timeout 120
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <dirent.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define OPEN_FILES 8
#define LONGEST 300000

static uint64_t state = 88172645463325252u;
static uint64_t hash = 1469598103934665603u;
static int prints, step;
static int open_files[OPEN_FILES];
static char block[LONGEST];

static unsigned next(unsigned below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (unsigned)((state >> 11) % below);
}

static void mix(const void *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) { hash = (hash ^ ((const unsigned char *)bytes)[i]) * 1099511628211u; }
}

// The operation whose result it is: what a reader of the second argument's output wants to know.
static const char *did = "";

static void result(long value)
{
    long seen = value < 0 ? -errno : value;
    if (prints) { printf("%d %s %ld\n", step, did, seen); }
    mix(&seen, sizeof seen);
}

static const char *name(void)
{
    static char names[4][128];
    static int turn;
    static const char *const parts[] = {"a", "b", "c", "d", "longer-name-than-the-others-have", "e"};
    char *path = names[turn++ % 4];
    *path = 0;
    for (unsigned depth = next(3), i = 0; i <= depth; i++) {
        strcat(path, i ? "/" : "");
        strcat(path, parts[next(6)]);
    }
    return path;
}

static int some_file(void) { return open_files[next(OPEN_FILES)]; }

static void contents(void)
{
    int fd = some_file();
    unsigned size = next(20) ? next(9000) : next(LONGEST);
    long offset = next(400000);
    memset(block, (int)next(256), size);
    int what = (int)next(7);
    did = (const char *[]){"pwrite", "write", "pread", "lseek", "ftruncate", "fallocate", "copy"}[what];
    switch (what) {
        case 0: result(pwrite(fd, block, size, offset)); break;
        case 1: result(write(fd, block, size)); break;
        case 2: {
            long got = pread(fd, block, size, offset);
            result(got);
            if (got > 0) { mix(block, (size_t)got); }
            break;
        }
        case 3: result(lseek(fd, offset, (int)next(3))); break;
        case 4: result(ftruncate(fd, offset)); break;
        case 5: result(fallocate(fd, (int)next(4), offset, size + 1)); break;
        default: {
            int to = some_file();
            off_t in = offset / 2, out = offset;
            // Linux copies as much at a time as it likes: all of it, then.
            long left = fd == to ? 0 : size, last = 0;
            while (left > 0 && (last = copy_file_range(fd, &in, to, &out, (size_t)left, 0)) > 0) { left -= last; }
            result(last < 0 ? -1 : left);
            break;
        }
    }
}

static void mapped(void)
{
    did = "mmap";
    int fd = some_file();
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size < 1) { return; }
    long page = (long)next((unsigned)st.st_size) & ~4095L;
    char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, page);
    result(p == MAP_FAILED ? -1 : 0);
    if (p == MAP_FAILED) { return; }
    long within = st.st_size - page > 4096 ? 4096 : st.st_size - page;
    mix(p, (size_t)within);
    p[next((unsigned)within)] = (char)next(256);
    munmap(p, 4096);
}

static void reopen(void)
{
    static const int flags[] = {O_RDONLY, O_RDWR, O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_TRUNC, O_WRONLY | O_APPEND,
        O_RDWR | O_CREAT | O_EXCL, O_RDWR | O_CREAT | O_APPEND, O_RDONLY | O_DIRECTORY, O_RDWR | O_NOFOLLOW};
    did = "open";
    int slot = (int)next(OPEN_FILES);
    int fd = open(name(), flags[next(9)], 0600 | next(64));
    result(fd < 0 ? -1 : 0);
    if (fd >= 0) {
        close(open_files[slot]);
        open_files[slot] = fd;
    }
}

static void names(void)
{
    const char *a = name(), *b = name();
    char text[64];
    int what = (int)next(13);
    did = (const char *[]){"mkdir", "mkdir", "rmdir", "unlink", "unlink", "rename", "renameat2", "link", "symlink", "chmod",
        "readlink", "truncate", "xattr"}[what];
    switch (what) {
        case 0: case 1: result(mkdir(a, 0700 | next(64))); break;
        case 2: result(rmdir(a)); break;
        case 3: case 4: result(unlink(a)); break;
        case 5: result(rename(a, b)); break;
        case 6: result(syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, next(3))); break;
        case 7: result(link(a, b)); break;
        case 8: result(symlink(a, b)); break;
        case 9: result(chmod(a, 0600 | next(64))); break;
        case 10: {
            long length = readlink(a, text, sizeof text);
            result(length);
            if (length > 0) { mix(text, (size_t)length); }
            break;
        }
        case 11: result(truncate(a, next(100000))); break;
        default: {
            snprintf(text, sizeof text, "user.x%u", next(3));
            long got = next(2) ? setxattr(a, text, block, next(200), (int)next(3)) : getxattr(a, text, block, sizeof block);
            result(got);
        }
    }
}

static int by_name(const struct dirent **a, const struct dirent **b) { return strcmp((*a)->d_name, (*b)->d_name); }

static void tree(const char *directory)
{
    struct dirent **all;
    int count = scandir(directory, &all, NULL, by_name);
    for (int i = 0; i < count; i++) {
        char path[2048];
        struct stat st;
        int whole = snprintf(path, sizeof path, "%s/%s", directory, all[i]->d_name) < (int)sizeof path;
        if (whole && strcmp(all[i]->d_name, ".") != 0 && strcmp(all[i]->d_name, "..") != 0 && lstat(path, &st) == 0) {
            mix(path, strlen(path));
            mix(&st.st_mode, sizeof st.st_mode);
            if (S_ISREG(st.st_mode)) {
                mix(&st.st_size, sizeof st.st_size);
                mix(&st.st_nlink, sizeof st.st_nlink);
            }
            if (S_ISDIR(st.st_mode)) { tree(path); }
        }
        free(all[i]);
    }
    if (count >= 0) { free(all); }
}

int main(int argc, char **argv)
{
    umask(0);
    for (int i = 0; i < OPEN_FILES; i++) { open_files[i] = (int)MUST(open("start", O_RDWR | O_CREAT, 0644)); }
    prints = argc > 2;
    int thousands = argc > 1 ? atoi(argv[1]) : 20;
    for (int i = 0; i < thousands; i++) {
        for (int k = 0; k < 1000; k++) {
            step++;
            switch (next(4)) {
                case 0: contents(); break;
                case 1: reopen(); break;
                case 2: if (next(4) == 0) { mapped(); } break;
                default: names();
            }
        }
        tree(".");
        say("%d: %016llx", i, (unsigned long long)hash);
    }
    return 0;
}
