// SPDX-License-Identifier: Apache-2.0
// What the escapes share. Each is run on a tree that the host's side has prepared (EscapeSite.cs): argv[1] is the tree,
// argv[2] "ro" or "rw", argv[3] the path on the host of a directory outside, which the guest must not see. The same
// program runs on the host in a jail (jail.c), and what SHOW and look print must be equal.
#ifndef ESCAPE_H
#define ESCAPE_H
#include "../../guest/t.h"
#include <linux/openat2.h>

static const char *tree, *outside;
static int writable_tree;

__attribute__((unused)) static void begin(char **argv)
{
    umask(0);
    tree = argv[1];
    writable_tree = strcmp(argv[2], "rw") == 0;
    outside = argv[3];
    MUST(chdir(tree));
}

// A line of the host: it does what the words say, and then lets this program go on.
__attribute__((format(printf, 1, 2), unused)) static void host(const char *format, ...)
{
    char line[512], answer;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    say("@host %s", line);
    if (read(0, &answer, 1) != 1) {
        say("the host does not answer");
        _exit(97);
    }
}

// A path from the pieces; the next eight calls keep it.
__attribute__((format(printf, 1, 2), unused)) static char *path(const char *format, ...)
{
    static char paths[8][PATH_MAX];
    static int next;
    next = (next + 1) % 8;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(paths[next], sizeof paths[next], format, arguments);
    va_end(arguments);
    return paths[next];
}

// Text that only files outside have. A guest that has read it has escaped.
__attribute__((unused)) static const char *judge(const char *text, ssize_t length)
{
    if (length < 0) { return err_name(errno); }
    if (memmem(text, length, "SECRET", 6)) { return "ESCAPED"; }
    return memmem(text, length, "inside", 6) ? "inside" : length == 0 ? "empty" : "something";
}

__attribute__((unused)) static const char *content(int fd)
{
    char text[4096];
    if (fd < 0) { return err_name(errno); }
    ssize_t n = read(fd, text, sizeof text);
    const char *what = judge(text, n);
    close(fd);
    return what;
}

// What a path leads to from a directory, for reading and for writing; nothing is written.
__attribute__((unused)) static void look_at(int from, const char *name)
{
    const char *reads = content(openat(from, name, O_RDONLY | O_NONBLOCK));
    int fd = openat(from, name, O_WRONLY | O_NONBLOCK);
    const char *writes = fd < 0 ? err_name(errno) : "opened";
    close(fd);
    const char *shown = strncmp(name, outside, strlen(outside)) == 0 ? name + strlen(outside) : name;
    say("%s: %s, to write %s", shown, reads, writes);
}

__attribute__((unused)) static void look(const char *name) { look_at(AT_FDCWD, name); }

__attribute__((unused)) static int open2(int from, const char *name, uint64_t flags, uint64_t resolve)
{
    struct open_how how = { .flags = flags, .resolve = resolve };
    return (int)syscall(SYS_openat2, from, name, &how, sizeof how);
}

// Whether two paths are the same directory.
__attribute__((unused)) static int same(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}
#endif
