// SPDX-License-Identifier: Apache-2.0
// O_TMPFILE in the working directory, which in the sandbox is a directory of the host (open(2)).
// @places volume
#include "t.h"

static void show(const char *what, int fd)
{
    struct stat st, dir;
    MUST(fstat(fd, &st));
    MUST(stat(".", &dir));
    say("%s: %o, %d links, %ld bytes, owner %s, %s device", what, st.st_mode, (int)st.st_nlink, (long)st.st_size,
        st.st_uid == geteuid() ? "self" : "other", st.st_dev == dir.st_dev ? "same" : "other");
}

static char *by_number(int fd)
{
    static char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return path;
}

int main(void)
{
    umask(027);
    int fd = (int)MUST(open(".", O_TMPFILE | O_RDWR, 0666));
    show("new", fd);
    SHOW(write(fd, "hello", 5));
    char text[16] = "", target[512] = "";
    SHOW(pread(fd, text, sizeof text, 0));
    say("%s", text);
    int again = (int)OK(open(by_number(fd), O_RDONLY));
    SHOW(read(again, text, sizeof text));
    close(again);
    again = (int)OK(open(by_number(fd), O_RDWR | O_APPEND));
    SHOW(write(again, "!", 1));
    close(again);
    show("written", fd);
    ssize_t n = readlink(by_number(fd), target, sizeof target - 1);
    say("deleted: %d", n > 10 && memcmp(target + n - 10, " (deleted)", 10) == 0);
    SHOW(ftruncate(fd, 3));
    SHOW(fchmod(fd, 0600));
    void *map = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    say("mapped %.3s", (char *)map);
    memcpy(map, "HEL", 3);
    MUST(munmap(map, PAGE));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "named", 0));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    show("named", fd);
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "second", AT_SYMLINK_FOLLOW));
    show("second", fd);
    close(fd);
    fd = (int)MUST(open("named", O_RDONLY));
    SHOW(read(fd, text, sizeof text));
    close(fd);
    SHOW(unlink("named"));
    SHOW(unlink("second"));

    fd = (int)MUST(open(".", O_TMPFILE | O_WRONLY | O_EXCL, 0600));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "never", AT_SYMLINK_FOLLOW));
    close(fd);
    fd = (int)MUST(open(".", O_TMPFILE | O_RDWR, 0644));
    SHOW(linkat(fd, "", AT_FDCWD, "empty", 0));
    MUST(mkdir("dir", 0755));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "dir/file", AT_SYMLINK_FOLLOW));
    SHOW(access("dir/file", F_OK));
    close(fd);
    SHOW(unlink("dir/file"));
    fd = (int)MUST(open("dir", O_TMPFILE | O_RDWR, 0));
    show("mode 0", fd);
    close(fd);
    SHOW(open(".", O_TMPFILE | O_RDONLY, 0600));
    SHOW(open("none", O_TMPFILE | O_RDWR, 0600));
    put_file("file", "x", 0644);
    SHOW(open("file", O_TMPFILE | O_RDWR, 0600));
    SHOW(open(".", O_TMPFILE | O_RDWR | O_CREAT, 0600));
    fd = (int)MUST(open("file", O_RDONLY));
    MUST(unlink("file"));
    SHOW(linkat(AT_FDCWD, by_number(fd), AT_FDCWD, "back", AT_SYMLINK_FOLLOW));
    close(fd);
    if (geteuid() != 0) {
        MUST(chmod("dir", 0555));
        SHOW(open("dir", O_TMPFILE | O_RDWR, 0600));
    } else {
        fd = (int)MUST(open(".", O_TMPFILE | O_RDWR, 0644));
        SHOW(linkat(fd, "", AT_FDCWD, "empty", AT_EMPTY_PATH));
        close(fd);
    }
    MUST(mkdir("group", 0755));
    MUST(chmod("group", 02755));
    fd = (int)MUST(open("group", O_TMPFILE | O_RDWR, 02775));
    show("set-group-id", fd);
    close(fd);
    return 0;
}
