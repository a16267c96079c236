// SPDX-License-Identifier: Apache-2.0
// getdents64(2) through readdir: all entries once, types, ".", "..", many entries, seeking, changes while
// open, small buffers.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <dirent.h>

static int order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void list(const char *path)
{
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, order);
    say("%s: %d", path, n);
    for (int i = 0; i < n && n < 30; i++) { say("  %s type %d", entries[i]->d_name, entries[i]->d_type); }
}

int main(void)
{
    MUST(mkdir("d", 0755));
    list("d");
    put_file("d/file", "x", 0644);
    MUST(mkdir("d/dir", 0755));
    MUST(symlink("file", "d/link"));
    MUST(mkfifo("d/fifo", 0644));
    put_file("d/.hidden", "x", 0644);
    put_file(
        "d/name with spaces and a very long tail that goes on for quite a while, to make the record long",
        "x", 0644);
    list("d");
    MUST(mkdir("many", 0755));
    char name[64];
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "many/entry-%04d", i);
        close((int)MUST(open(name, O_CREAT | O_WRONLY, 0600)));
    }
    list("many");
    static char seen[3000];
    DIR *dir = opendir("many");
    int doubled = 0, count = 0;
    for (struct dirent *e; (e = readdir(dir));) {
        int i;
        if (sscanf(e->d_name, "entry-%d", &i) == 1) {
            doubled += seen[i]++;
            count++;
        }
    }
    say("seen %d, doubled %d", count, doubled);
    rewinddir(dir);
    count = 0;
    while (readdir(dir)) { count++; }
    say("after rewind %d", count);
    rewinddir(dir);
    for (int i = 0; i < 100; i++) { readdir(dir); }
    long place = telldir(dir);
    struct dirent *e = readdir(dir);
    strcpy(name, e->d_name);
    for (int i = 0; i < 500; i++) { readdir(dir); }
    seekdir(dir, place);
    say("same entry after seekdir %d", strcmp(readdir(dir)->d_name, name) == 0);
    closedir(dir);

    // Removing while reading: every entry that stays is seen.
    dir = opendir("many");
    count = 0;
    while ((e = readdir(dir))) {
        if (e->d_name[0] == '.') { continue; }
        snprintf(name, sizeof name, "many/%.40s", e->d_name);
        MUST(unlink(name));
        count++;
    }
    say("removed while reading %d", count);
    closedir(dir);
    SHOW(rmdir("many"));

    char buffer[300];
    int fd = (int)MUST(open("d", O_RDONLY | O_DIRECTORY));
    SHOW(syscall(SYS_getdents64, fd, buffer, 10));
    SHOW(syscall(SYS_getdents64, fd, BAD, 300));
    SHOW(syscall(SYS_getdents64, fd, buffer, 300) > 0);
    SHOW(syscall(SYS_getdents64, 99, buffer, 300));
    int file = (int)MUST(open("d/file", O_RDONLY));
    SHOW(syscall(SYS_getdents64, file, buffer, 300));
    while (syscall(SYS_getdents64, fd, buffer, 300) > 0) {}
    SHOW(syscall(SYS_getdents64, fd, buffer, 300));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(syscall(SYS_getdents64, fd, buffer, 300) > 0);
    MUST(mkdir("gone", 0755));
    fd = (int)MUST(open("gone", O_RDONLY | O_DIRECTORY));
    MUST(rmdir("gone"));
    SHOW(syscall(SYS_getdents64, fd, buffer, 300));
    SHOW(openat(fd, "x", O_CREAT | O_WRONLY, 0600));
    return 0;
}
