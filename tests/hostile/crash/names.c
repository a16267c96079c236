// SPDX-License-Identifier: Apache-2.0
// Names of a layer below that were removed must not come back: names lower DIR makes the layer, names write DIR removes
// its names and makes and removes others in their places without end, names verify DIR looks what is there.
#include "../../guest/t.h"

enum { FEW = 4, MANY = 200 };

static const char *path_of(const char *format, int number)
{
    static char name[80];
    snprintf(name, sizeof name, format, number);
    return name;
}

static void at(const char *name, const char *text)
{
    int fd = (int)MUST(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644));
    MUST(write(fd, text, strlen(text)));
    close(fd);
}

static void make(const char *directory)
{
    char name[80];
    MUST(mkdir(directory, 0755));
    for (char c = 'a'; c < 'e'; c++) {
        snprintf(name, sizeof name, "%.60s/%c", directory, c);
        at(name, "lower");
    }
}

static void lower(void)
{
    for (int i = 0; i < FEW; i++) {
        at(path_of("file%d", i), "lower");
        make(path_of("dir%d", i));
    }
    for (int i = 0; i < MANY; i++) { make(path_of("many%d", i)); }
}

static void clear(const char *directory)
{
    char name[80];
    for (char c = 'a'; c < 'e'; c++) {
        snprintf(name, sizeof name, "%.60s/%c", directory, c);
        MUST(unlink(name));
    }
}

// Every way to make a name, and every way to take it away, where a name was that has been removed.
static void turn(void)
{
    at("file0", "new");
    MUST(unlink("file0"));
    MUST(link("own", "file1"));
    MUST(unlink("file1"));
    at("moved", "new");
    MUST(rename("moved", "file2"));
    MUST(unlink("file2"));
    MUST(symlink("own", "file3"));
    MUST(unlink("file3"));
    MUST(mkdir("dir0", 0755));
    at("dir0/x", "new");
    MUST(unlink("dir0/x"));
    MUST(rmdir("dir0"));
    MUST(mkdir("moved_dir", 0755));
    MUST(rename("moved_dir", "dir1"));
    MUST(rmdir("dir1"));
    MUST(mkdir("file0", 0755));
    MUST(rmdir("file0"));
    at("dir0", "new");
    MUST(unlink("dir0"));
}

static void run(void)
{
    char name[80];
    for (int i = 0; i < FEW; i++) {
        snprintf(name, sizeof name, "file%d", i);
        MUST(unlink(name));
        snprintf(name, sizeof name, "dir%d", i);
        clear(name);
        MUST(rmdir(name));
    }
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "many%d", i);
        clear(name);
        MUST(mkdir(path_of("moved%d", i), 0755));
    }
    at("own", "new");
    say("removed");
    // Directories that show nothing and hide four names each.
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "many%d", i);
        if (i % 2 == 0) {
            MUST(rmdir(name));
            MUST(mkdir(name, 0755));
        } else {
            MUST(rename(path_of("moved%d", i), name));
        }
    }
    for (;;) { turn(); }
}

// How many of the names below have come back.
static int look(const char *name)
{
    char text[16] = "", below[80];
    int fd = open(name, O_RDONLY | O_NOFOLLOW), wrong = 0;
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0 && strncmp(text, "lower", 5) == 0) { wrong++; }
    close(fd);
    for (char c = 'a'; c < 'e'; c++) {
        snprintf(below, sizeof below, "%.60s/%c", name, c);
        wrong += access(below, F_OK) == 0;
    }
    if (wrong) { say("%s: %d", name, wrong); }
    return wrong;
}

static int verify(void)
{
    int wrong = 0;
    for (int i = 0; i < FEW; i++) { wrong += look(path_of("file%d", i)) + look(path_of("dir%d", i)); }
    for (int i = 0; i < MANY; i++) { wrong += look(path_of("many%d", i)); }
    say("wrong %d", wrong);
    return wrong != 0;
}

int main(int argc, char **argv)
{
    (void)argc;
    umask(022);
    MUST(chdir(argv[2]));
    if (strcmp(argv[1], "lower") == 0) { lower(); }
    if (strcmp(argv[1], "verify") == 0) { return verify(); }
    if (strcmp(argv[1], "write") == 0) { run(); }
    return 0;
}
