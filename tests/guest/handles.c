// SPDX-License-Identifier: Apache-2.0
// name_to_handle_at(2) and open_by_handle_at(2) on a tmpfs: sizes, ids, what opens again and what is gone.
// @identities root
#include "handles.h"

static int same(const Handle *a, const Handle *b)
{
    return a->bytes == b->bytes && a->type == b->type && memcmp(a->data, b->data, a->bytes) == 0;
}

static int mount_id_of(const char *path)
{
    char line[256];
    int fd = (int)MUST(open(path, O_PATH)), id = -1;
    snprintf(line, sizeof line, "/proc/self/fdinfo/%d", fd);
    FILE *info = fopen(line, "re");
    while (info && fgets(line, sizeof line, info)) { sscanf(line, "mnt_id: %d", &id); }
    if (info) { fclose(info); }
    close(fd);
    return id;
}

static void sizes(void)
{
    Handle handle = {.bytes = 0};
    int id = -7;
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
    say("needs %u bytes, mount id %s", handle.bytes, id == mount_id_of("/tmp") ? "right" : "wrong");
    handle.bytes--;
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
    say("needs %u bytes", handle.bytes);
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
    say("%u bytes, type %d", handle.bytes, handle.type);
    handle.bytes = HANDLE_ROOM;
    memset(handle.data, 0xee, sizeof handle.data);
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
    say("%u bytes, the rest %s", handle.bytes, handle.data[handle.bytes] == 0xee ? "as it was" : "changed");
    handle.bytes = HANDLE_ROOM + 1;
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
    handle.bytes = UINT_MAX;
    SHOW(name(AT_FDCWD, "file", &handle, &id, 0));
}

static void names(void)
{
    Handle a = of("file"), b = {.bytes = HANDLE_ROOM};
    int id;
    MUST(symlink("file", "link"));
    MUST(link("file", "other"));
    MUST(mkdir("dir", 0755));
    b = of("other");
    say("hard link: %s", same(&a, &b) ? "same" : "other");
    b = of("link");
    say("symlink: %s", same(&a, &b) ? "same" : "other");
    b.bytes = HANDLE_ROOM;
    SHOW(name(AT_FDCWD, "link", &b, &id, AT_SYMLINK_FOLLOW));
    say("followed: %s", same(&a, &b) ? "same" : "other");
    int fd = (int)MUST(open("file", O_PATH));
    b.bytes = HANDLE_ROOM;
    SHOW(name(fd, "", &b, &id, 0));
    SHOW(name(fd, "", &b, &id, AT_EMPTY_PATH));
    say("descriptor: %s", same(&a, &b) ? "same" : "other");
    int dir = (int)MUST(open("dir", O_PATH));
    b.bytes = HANDLE_ROOM;
    SHOW(name(dir, "../file", &b, &id, 0));
    b.bytes = HANDLE_ROOM;
    SHOW(name(AT_FDCWD, "file", &b, &id, FID));
    say("fid: %s", same(&a, &b) ? "same" : "other");
    SHOW(name(AT_FDCWD, "none", &b, &id, 0));
    SHOW(name(AT_FDCWD, "file/x", &b, &id, 0));
    SHOW(name(fd, "x", &b, &id, 0));
    SHOW(name(99, "x", &b, &id, 0));
    SHOW(name(AT_FDCWD, BAD, &b, &id, 0));
    SHOW(name(AT_FDCWD, "file", BAD, &id, 0));
    b.bytes = HANDLE_ROOM;
    SHOW(name(AT_FDCWD, "file", &b, BAD, 0));
    SHOW(name(AT_FDCWD, "file", &b, &id, AT_SYMLINK_NOFOLLOW));
    SHOW(name(AT_FDCWD, "file", &b, &id, 0x10000));
    close(fd);
    close(dir);
}

static void opens(void)
{
    Handle file = of("file"), dir = of("dir"), link = of("link"), root = of("/tmp");
    struct stat a, b;
    int mount_fd = (int)MUST(open("/tmp", O_RDONLY));
    int fd = (int)OK(by(mount_fd, &file, O_RDWR));
    fstat(fd, &a);
    stat("file", &b);
    say("the file: %s, flags %x", a.st_ino == b.st_ino ? "same" : "other", fcntl(fd, F_GETFL) & O_ACCMODE);
    char text[16] = "";
    MUST(read(fd, text, 5));
    say("content %s", text);
    say("cloexec %d", fcntl(fd, F_GETFD));
    close(fd);
    fd = (int)OK(by(mount_fd, &file, O_RDONLY | O_CLOEXEC));
    say("cloexec %d", fcntl(fd, F_GETFD));
    close(fd);
    SHOW(tries(mount_fd, &dir, O_RDONLY | O_DIRECTORY));
    SHOW(tries(mount_fd, &root, O_PATH));
    SHOW(by(mount_fd, &dir, O_RDWR));
    SHOW(by(mount_fd, &file, O_RDONLY | O_DIRECTORY));
    SHOW(by(mount_fd, &link, O_RDONLY));
    SHOW(tries(mount_fd, &link, O_PATH));
    SHOW(tries(AT_FDCWD, &file, O_RDONLY));
    int any = (int)MUST(open("file", O_RDONLY));
    SHOW(tries(any, &file, O_RDONLY));
    int place = (int)MUST(open("dir", O_PATH));
    SHOW(tries(place, &file, O_RDONLY));
    close(place);
    close(any);
    SHOW(by(-1, &file, O_RDONLY));
    SHOW(by(99, &file, O_RDONLY));
    SHOW(by(mount_fd, BAD, O_RDONLY));
    fd = (int)OK(by(mount_fd, &file, O_RDWR | O_TRUNC));
    fstat(fd, &a);
    say("size %ld", (long)a.st_size);
    close(fd);
    SHOW(tries(mount_fd, &file, O_RDONLY | O_CREAT));
    SHOW(tries(mount_fd, &dir, O_TMPFILE | O_RDWR));
    SHOW(tries(mount_fd, &file, O_TMPFILE | O_RDWR));
    SHOW(tries(mount_fd, &file, O_RDWR | O_CREAT | O_EXCL));
    SHOW(by(mount_fd, &link, O_RDONLY | O_NOFOLLOW));
    SHOW(tries(mount_fd, &file, O_RDONLY | 0x20000000));
    MUST(chmod("file", 0));
    SHOW(tries(mount_fd, &file, O_RDWR));
    MUST(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(by(mount_fd, &file, O_RDWR));
    MUST(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND, NULL));
    close(mount_fd);
}

static void moves(void)
{
    Handle file = of("file");
    int mount_fd = (int)MUST(open("/tmp", O_RDONLY));
    MUST(rename("file", "dir/moved"));
    int fd = (int)OK(by(mount_fd, &file, O_RDONLY));
    char path[64], target[256] = "";
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(path, target, sizeof target - 1);
    // It has two names: any may show.
    say("moved: %d", n > 0);
    MUST(unlink("dir/moved"));
    close(fd);
    fd = (int)OK(by(mount_fd, &file, O_RDONLY));
    MUST(unlink("other"));
    int again = (int)OK(by(mount_fd, &file, O_RDONLY));
    n = readlink(path, target, sizeof target - 1);
    say("deleted: %d", n > 10 && memcmp(target + n - 10, " (deleted)", 10) == 0);
    close(again);
    close(fd);
    SHOW(by(mount_fd, &file, O_RDONLY));
    put_file("file", "new", 0644);
    SHOW(by(mount_fd, &file, O_RDONLY));
    Handle dir = of("dir");
    int open_dir = (int)MUST(open("dir", O_RDONLY));
    MUST(rmdir("dir"));
    SHOW(tries(mount_fd, &dir, O_RDONLY));
    close(open_dir);
    SHOW(by(mount_fd, &dir, O_RDONLY));
    // Made without a name: it has a handle, and is found once it has one.
    fd = (int)MUST(open("/tmp", O_TMPFILE | O_RDWR, 0600));
    Handle temporary = {.bytes = HANDLE_ROOM};
    int id;
    SHOW(name(fd, "", &temporary, &id, AT_EMPTY_PATH));
    SHOW(tries(mount_fd, &temporary, O_RDONLY));
    SHOW(linkat(fd, "", AT_FDCWD, "named", AT_EMPTY_PATH));
    SHOW(tries(mount_fd, &temporary, O_RDONLY));
    close(fd);
    close(mount_fd);
}

int main(void)
{
    own_tmpfs();
    put_file("file", "hello", 0644);
    sizes();
    names();
    opens();
    moves();
    return 0;
}
