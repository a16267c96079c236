// SPDX-License-Identifier: Apache-2.0
// Strings and their ends: bad pointers to paths, paths that end where memory ends, that straddle pages, that
// never end, of 4,095 to 4,097 bytes; EFAULT of the structures that path calls fill, and what comes first.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <linux/stat.h>

static int directory;
static char *from_hole;

// Puts a string so that its terminator is the last byte before the end, or `beyond` bytes of it do not fit.
static char *ends_at(char *end, const char *text, int beyond)
{
    int length = (int)strlen(text) + 1;
    char *p = end - length + beyond;
    for (int i = 0; i < length - beyond; i++) { p[i] = text[i]; }
    return p;
}

// A path to f of exactly this length, without the terminator.
static char *long_path(char *to, int length)
{
    memset(to, '/', length);
    to[0] = '.';
    for (int i = 2; i + 1 < length; i += 2) { to[i] = '.'; }
    // "./././" with an odd or even start; the name is the last byte.
    to[length - 2] = '/';
    to[length - 1] = 'f';
    to[length] = 0;
    return to;
}

static void bad_paths(void)
{
    struct stat s;
    char buffer[64];
    EACH_BAD("open", SYS(open, p, O_RDONLY));
    EACH_BAD("open with bad flags", SYS(open, p, O_CREAT | O_DIRECTORY, 0));
    EACH_BAD("openat", SYS(openat, directory, p, O_RDONLY));
    EACH_BAD("openat closed", SYS(openat, 99, p, O_RDONLY));
    EACH_BAD("stat", SYS(stat, p, &s));
    EACH_BAD("lstat", SYS(lstat, p, &s));
    EACH_BAD("newfstatat", SYS(newfstatat, AT_FDCWD, p, &s, 0));
    EACH_BAD("newfstatat closed", SYS(newfstatat, 99, p, &s, 0));
    EACH_BAD("newfstatat bad flags", SYS(newfstatat, AT_FDCWD, p, &s, 0x7000000));
    EACH_BAD("access", SYS(access, p, F_OK));
    EACH_BAD("access bad mode", SYS(access, p, 64));
    EACH_BAD("faccessat", SYS(faccessat, AT_FDCWD, p, F_OK));
    EACH_BAD("readlink", SYS(readlink, p, buffer, 64));
    EACH_BAD("readlink 0", SYS(readlink, p, buffer, 0));
    EACH_BAD("readlink of a link 0", SYS(readlink, "link", p, 0));
    EACH_BAD("chdir", SYS(chdir, p));
    EACH_BAD("mkdir", SYS(mkdir, p, 0700));
    EACH_BAD("rmdir", SYS(rmdir, p));
    EACH_BAD("unlink", SYS(unlink, p));
    EACH_BAD("rename from", SYS(rename, p, "x"));
    EACH_BAD("rename to", SYS(rename, "f", p));
    EACH_BAD("rename to, from nothing", SYS(rename, "nothing", p));
    EACH_BAD("link from", SYS(link, p, "x"));
    EACH_BAD("link to", SYS(link, "f", p));
    EACH_BAD("symlink text", SYS(symlink, p, "x"));
    EACH_BAD("symlink name", SYS(symlink, "text", p));
    EACH_BAD("chmod", SYS(chmod, p, 0600));
    EACH_BAD("truncate", SYS(truncate, p, 5));
    EACH_BAD("statfs", SYS(statfs, p, &s));
    EACH_BAD("utimensat times", SYS(utimensat, AT_FDCWD, "f", p, 0) == 0 && p == NULL ? 0 : -1);
    EACH_BAD("execve", SYS(execve, p, NULL, NULL));
    EACH_BAD("memfd_create", SYS(memfd_create, p, 0));
    EACH_BAD("getxattr name", SYS(getxattr, "f", p, buffer, 64));
}

static void structures(void)
{
    EACH_BAD("stat", SYS(stat, "f", p));
    EACH_BAD("stat of nothing", SYS(stat, "nothing", p));
    EACH_BAD("lstat", SYS(lstat, "link", p));
    EACH_BAD("fstat", SYS(fstat, directory, p));
    EACH_BAD("fstat closed", SYS(fstat, 99, p));
    EACH_BAD("newfstatat", SYS(newfstatat, AT_FDCWD, "f", p, 0));
    EACH_BAD("statx", SYS(statx, AT_FDCWD, "f", 0, STATX_ALL, p));
    EACH_BAD("statfs", SYS(statfs, ".", p));
    EACH_BAD("fstatfs", SYS(fstatfs, directory, p));
    EACH_BAD("readlink", SYS(readlink, "link", p, 10));
    EACH_BAD("readlink of a file", SYS(readlink, "f", p, 10));
    EACH_BAD("getcwd", SYS(getcwd, p, 4096));
    EACH_BAD("getcwd, too small", SYS(getcwd, p, 2));
    EACH_BAD("getcwd 0", SYS(getcwd, p, 0));
    EACH_BAD("getdents64", (lseek(directory, 0, SEEK_SET), SYS(getdents64, directory, p, 4096)));
    EACH_BAD("getdents64, too small", (lseek(directory, 0, SEEK_SET), SYS(getdents64, directory, p, 5)));
    EACH_BAD("getdents64 of a file", (SYS(getdents64, 0, p, 4096)));
    EACH_BAD("getdents64 closed", (SYS(getdents64, 99, p, 4096)));
    EACH_END("stat", SYS(stat, "f", p), 0, 1, 8, 24, 143, 144, 145);
    EACH_END("fstat", SYS(fstat, directory, p), 0, 1, 8, 24, 143, 144, 145);
    EACH_END("lstat", SYS(lstat, "link", p), 143, 144);
    EACH_END("newfstatat", SYS(newfstatat, directory, "f", p, 0), 143, 144);
    EACH_END("statx", SYS(statx, directory, "f", 0, STATX_ALL, p), 143, 144, 255, 256);
    EACH_END("statfs", SYS(statfs, ".", p), 88, 119, 120, 121);
    EACH_END("readlink", SYS(readlink, "link", p, 100), 0, 1, 5, 10, 11, 12);
    EACH_END("readlink in part", SYS(readlink, "link", p, 5), 0, 1, 4, 5);
    EACH_END("getcwd", SYS(getcwd, p, 4096) > 0 ? 1 : -1, 0, 1, 2, 4096);
    MUST(chdir("/"));
    EACH_END("getcwd of the root", SYS(getcwd, p, 4096), 0, 1, 2, 3);
    EACH_END("getcwd of the root, size 2", SYS(getcwd, p, 2), 1, 2, 3);
    MUST(fchdir(directory));
    int sorted = (int)MUST(open("d", O_RDONLY | O_DIRECTORY));
    EACH_END("getdents64, ., .. and one", (lseek(sorted, 0, SEEK_SET), SYS(getdents64, sorted, p, 4096)), 0,
        1, 23, 24, 48, 71, 72, 100);
    EACH_END("getdents64 of 24", (lseek(sorted, 0, SEEK_SET), SYS(getdents64, sorted, p, 24)), 23, 24, 25);
}

static void ends_of_strings(void)
{
    char *ends[] = { to_hole, to_none, to_ro };
    static const char *const names[] = { "hole", "none", "read-only" };
    struct stat s;
    for (int e = 0; e < 3; e++) {
        bad_fill();
        say("before %s", names[e]);
        SHOW(access(ends_at(ends[e], "f", 0), F_OK));
        SHOW(access(ends_at(ends[e], "./f", 0), F_OK));
        SHOW(access(ends_at(ends[e], "", 0), F_OK));
        SHOW(syscall(SYS_access, ends_at(ends[e], "f", 1), F_OK));
        SHOW(syscall(SYS_access, ends_at(ends[e], "f", 2), F_OK));
        SHOW(syscall(SYS_access, ends_at(ends[e], "./././f", 1), F_OK));
        SHOW(syscall(SYS_access, ends_at(ends[e], "./././f", 4), F_OK));
        SHOW(open(ends_at(ends[e], "nothing", 0), O_RDONLY));
        SHOW(syscall(SYS_open, ends_at(ends[e], "nothing", 1), O_RDONLY));
        SHOW(syscall(SYS_stat, ends_at(ends[e], "d/one", 0), &s));
        SHOW(syscall(SYS_stat, ends_at(ends[e], "d/one", 1), &s));
        SHOW(syscall(SYS_readlink, ends_at(ends[e], "link", 0), &s, 50));
        SHOW(syscall(SYS_readlink, ends_at(ends[e], "link", 1), &s, 50));
        SHOW(syscall(SYS_rename, ends_at(ends[e], "nothing", 0), ends_at(ends[e], "g", 1)));
        SHOW(syscall(SYS_symlink, ends_at(ends[e], "text", 1), "sym"));
        SHOW(syscall(SYS_symlink, ends_at(ends[e], "text", 0), "sym"));
        SHOW(unlink("sym"));
        SHOW(syscall(SYS_memfd_create, ends_at(ends[e], "name", 1), 0));
    }
    // Two mapped pages: the boundary means nothing, wherever the string crosses it.
    char *two = boundary(RW, RW);
    for (int beyond = 0; beyond <= 8; beyond++) {
        strcpy(two - 8 + beyond, "./././f");
        MUST(access(two - 8 + beyond, F_OK));
    }
    say("straddling paths are found");
    // The output over the path itself.
    char both[512] = "f";
    SHOW(syscall(SYS_stat, both, both));
    say("size %d", ((struct stat *)both)->st_size == 4);
    strcpy(both, "link");
    SHOW(syscall(SYS_readlink, both, both, 300));
    say("'%.11s'", both);
    from_hole = boundary(HOLE, RW);
    strcpy(from_hole, "f");
    SHOW(access(from_hole, F_OK));
    SHOW(access(from_hole - 1, F_OK));
}

static void long_paths(void)
{
    char *room = MUSTP(mmap(NULL, 5 * 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    static const int lengths[] = { 254, 256, 4093, 4094, 4095, 4096, 4097, 8191, 8192 };
    struct stat s;
    for (int i = 0; i < 9; i++) {
        char *path = long_path(room + 100, lengths[i]);
        long results[8];
        errno = 0;
        results[0] = open(path, O_RDONLY);
        results[1] = errno;
        errno = 0;
        results[2] = stat(path, &s);
        results[3] = errno;
        errno = 0;
        results[4] = access(path, F_OK);
        results[5] = errno;
        errno = 0;
        results[6] = readlink(path, room, 10);
        results[7] = errno;
        say("%d bytes: open %s, stat %s, access %s, readlink %s", lengths[i], err_name(results[1]),
            err_name(results[3]), err_name(results[5]), err_name(results[7]));
        if (results[0] >= 0) { close((int)results[0]); }
    }
    // Without an end: ENAMETOOLONG when 4,096 bytes can be read, EFAULT when they cannot.
    char *end = room + 5 * 4096;
    MUST(mprotect(end - 4096, 4096, PROT_NONE));
    end -= 4096;
    memset(room, 'a', 4 * 4096);
    static const int distances[] = { 1, 255, 256, 4094, 4095, 4096, 4097 };
    for (int i = 0; i < 7; i++) {
        errno = 0;
        say("%d bytes without an end: %d %s", distances[i], open(end - distances[i], O_RDONLY),
            err_name(errno));
    }
    memset(room, '/', 4 * 4096);
    for (int i = 0; i < 7; i++) {
        errno = 0;
        say("%d slashes: %d %s", distances[i], access(end - distances[i], F_OK), err_name(errno));
    }
    // A component of 255 and 256 bytes at the end of memory.
    for (int n = 254; n <= 257; n++) {
        memset(end - n - 1, 'n', n);
        end[-1] = 0;
        errno = 0;
        say("component of %d: %d %s", n, access(end - n - 1, F_OK), err_name(errno));
    }
}

static void vectors_of_exec(void)
{
    char *good[] = { "x", NULL };
    EACH_BAD("execve of nothing", SYS(execve, "nothing", p, NULL));
    EACH_BAD("execve argv", p == NULL ? -2 : SYS(execve, "/bin/true", p, good));
    EACH_BAD("execve envp", p == NULL ? -2 : SYS(execve, "/bin/true", good, p));
    char *arguments[] = { "x", NULL, NULL };
    EACH_BAD("execve string", p == NULL ? -2 : (arguments[1] = p, SYS(execve, "/bin/true", arguments, good)));
}

int main(void)
{
    bad_init();
    // Text as a path, or as an array, is the compiler's.
    bad[5].p = NULL;
    put_file("f", "four", 0600);
    MUST(symlink("target/long", "link"));
    MUST(mkdir("d", 0700));
    put_file("d/one", "1", 0600);
    directory = (int)MUST(open(".", O_RDONLY | O_DIRECTORY));
    bad_paths();
    structures();
    ends_of_strings();
    long_paths();
    // What lies in read-only memory is an empty string or none.
    bad[4].p = NULL;
    vectors_of_exec();
    return 0;
}
