// SPDX-License-Identifier: Apache-2.0
// Extended attributes of files in the working directory, which in the sandbox is a directory of the host (xattr(7)).
// @places volume
#include "t.h"
#include <sys/xattr.h>

static void names_of(const char *what, const char *path)
{
    char names[4096], line[4096] = "";
    ssize_t n = llistxattr(path, names, sizeof names);
    const char *sorted[64];
    int count = 0;
    for (ssize_t at = 0; at < n; at += strlen(names + at) + 1) {
        // What the host puts on every file itself is not of this test.
        if (strncmp(names + at, "user.", 5) == 0) { sorted[count++] = names + at; }
    }
    for (int i = 0; i < count; i++) {
        for (int j = i + 1; j < count; j++) {
            if (strcmp(sorted[j], sorted[i]) < 0) { const char *t = sorted[i]; sorted[i] = sorted[j]; sorted[j] = t; }
        }
        strcat(strcat(line, " "), sorted[i]);
    }
    say("%s:%s", what, line);
}

static void basics(const char *path)
{
    char value[64];
    say("-- %s", path);
    SHOW(getxattr(path, "user.a", value, sizeof value));
    SHOW(removexattr(path, "user.a"));
    SHOW(setxattr(path, "user.a", "x", 1, XATTR_REPLACE));
    SHOW(setxattr(path, "user.a", "hello", 5, 0));
    SHOW(setxattr(path, "user.a", "x", 1, XATTR_CREATE));
    SHOW(setxattr(path, "user.a", "x", 1, 4));
    SHOW(getxattr(path, "user.a", NULL, 0));
    SHOW(getxattr(path, "user.a", value, 4));
    ssize_t n = SHOW(getxattr(path, "user.a", value, 5));
    say("%.*s", (int)n, value);
    SHOW(setxattr(path, "user.empty", NULL, 0, 0));
    SHOW(getxattr(path, "user.empty", value, sizeof value));
    SHOW(setxattr(path, "user.b", "replaced", 8, 0));
    SHOW(setxattr(path, "user.b", "new", 3, XATTR_REPLACE));
    names_of("names", path);
    SHOW(listxattr(path, value, 3));
    SHOW(removexattr(path, "user.empty"));
    names_of("names", path);
    SHOW(setxattr(path, "user.", "x", 1, 0));
    SHOW(setxattr(path, "user", "x", 1, 0));
    SHOW(setxattr(path, "other.a", "x", 1, 0));
    SHOW(getxattr(path, "other.a", value, sizeof value));
    void *volatile bad = BAD;
    SHOW(setxattr(path, "user.c", bad, 1, 0));
    SHOW(getxattr(path, "user.a", bad, 5));
    SHOW(listxattr(path, bad, 64));
    SHOW(setxattr(path, bad, "x", 1, 0));
    char *large = MUSTP(calloc(1, 70000));
    SHOW(setxattr(path, "user.large", large, 65537, 0));
    SHOW(setxattr(path, "user.large", large, 1000, 0));
    SHOW(getxattr(path, "user.large", large, 70000));
    SHOW(removexattr(path, "user.large"));
    free(large);
    char name[300];
    memset(name, 'n', sizeof name);
    memcpy(name, "user.", 5);
    name[255] = 0;
    SHOW(setxattr(path, name, "x", 1, 0) == -1 ? errno : 0);
    SHOW(removexattr(path, name) == -1 ? errno : 0);
    name[255] = 'n';
    name[256] = 0;
    SHOW(setxattr(path, name, "x", 1, 0) == -1 ? errno : 0);
}

static void descriptors(void)
{
    char value[64];
    say("-- descriptors");
    int fd = (int)MUST(open("file", O_RDONLY));
    SHOW(fsetxattr(fd, "user.fd", "one", 3, 0));
    SHOW(fgetxattr(fd, "user.fd", value, sizeof value));
    MUST(rename("file", "moved"));
    SHOW(getxattr("moved", "user.fd", value, sizeof value));
    MUST(link("moved", "file"));
    SHOW(getxattr("file", "user.fd", value, sizeof value));
    MUST(unlink("moved"));
    MUST(unlink("file"));
    SHOW(fgetxattr(fd, "user.fd", value, sizeof value));
    SHOW(fsetxattr(fd, "user.fd", "three", 5, 0));
    SHOW(fgetxattr(fd, "user.fd", value, sizeof value));
    SHOW(fremovexattr(fd, "user.fd"));
    SHOW(fgetxattr(fd, "user.fd", value, sizeof value));
    close(fd);
    fd = (int)MUST(open("dir", O_RDONLY));
    SHOW(fsetxattr(fd, "user.fd", "dir", 3, 0));
    SHOW(getxattr("dir", "user.fd", value, sizeof value));
    close(fd);
    fd = (int)MUST(open("dir", O_PATH));
    SHOW(fgetxattr(fd, "user.fd", value, sizeof value));
    close(fd);
}

static void others(void)
{
    char value[64];
    say("-- other types");
    MUST(symlink("none", "link"));
    MUST(mkfifo("fifo", 0644));
    SHOW(lsetxattr("link", "user.a", "x", 1, 0));
    SHOW(lgetxattr("link", "user.a", value, sizeof value));
    SHOW(setxattr("link", "user.a", "x", 1, 0));
    SHOW(setxattr("fifo", "user.a", "x", 1, 0));
    SHOW(getxattr("fifo", "user.a", value, sizeof value));
    MUST(mkdir("sticky", 01777));
    SHOW(setxattr("sticky", "user.a", "x", 1, 0));
    put_file("readonly", "x", 0444);
    put_file("secret", "x", 0200);
    if (geteuid() != 0) {
        SHOW(setxattr("readonly", "user.a", "x", 1, 0));
        SHOW(getxattr("secret", "user.a", value, sizeof value));
        SHOW(setxattr("secret", "user.a", "x", 1, 0));
        SHOW(setxattr("readonly", "trusted.a", "x", 1, 0));
        SHOW(getxattr("readonly", "trusted.a", value, sizeof value));
        SHOW(removexattr("readonly", "trusted.a"));
    }
    SHOW(getxattr("readonly", "user.a", value, sizeof value));
}

int main(void)
{
    umask(022);
    put_file("file", "content", 0644);
    MUST(mkdir("dir", 0755));
    basics("file");
    basics("dir");
    // The volume's own root.
    basics(".");
    SHOW(removexattr(".", "user.a"));
    SHOW(removexattr(".", "user.b"));
    descriptors();
    others();
    return 0;
}
