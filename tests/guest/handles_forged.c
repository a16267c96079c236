// SPDX-License-Identifier: Apache-2.0
// Handles that nobody gave out, file systems that have none, and who may open by handle (open_by_handle_at(2)).
// @identities root
#include "handles.h"

static void forged(void)
{
    Handle good = of("file"), bad = good;
    int fd = (int)MUST(open("/tmp", O_RDONLY));
    bad.bytes = 0;
    SHOW(by(fd, &bad, O_RDONLY));
    bad.bytes = HANDLE_ROOM + 1;
    SHOW(by(fd, &bad, O_RDONLY));
    bad.bytes = UINT_MAX;
    SHOW(by(fd, &bad, O_RDONLY));
    bad.bytes = 4;
    SHOW(by(fd, &bad, O_RDONLY));
    bad.bytes = good.bytes - 1;
    SHOW(by(fd, &bad, O_RDONLY));
    bad = good;
    bad.bytes = good.bytes + 4;
    SHOW(tries(fd, &bad, O_RDONLY));
    bad = good;
    bad.type = -1;
    SHOW(by(fd, &bad, O_RDONLY));
    bad.type = 0xff;
    SHOW(tries(fd, &bad, O_RDONLY));
    bad.type = 0x10001;
    SHOW(tries(fd, &bad, O_RDONLY));
    bad.type = 0x40001;
    SHOW(tries(fd, &bad, O_RDONLY));
    int refused = 0;
    for (unsigned i = 0; i < good.bytes; i++) {
        bad = good;
        bad.data[i] ^= 0x55;
        refused += by(fd, &bad, O_RDONLY) == -1 && errno == ESTALE;
    }
    say("%d of %u changed bytes refused", refused, good.bytes);
    bad = good;
    memset(bad.data, 0xff, sizeof bad.data);
    bad.bytes = HANDLE_ROOM;
    SHOW(by(fd, &bad, O_RDONLY));
    // The handle of another file system of the same kind.
    MUST(mkdir("other", 0755));
    MUST(mount("other", "other", "tmpfs", 0, NULL));
    int other = (int)MUST(open("other", O_RDONLY));
    SHOW(by(other, &good, O_RDONLY));
    // Ends where memory ends.
    char *end = (char *)MUSTP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)) + PAGE;
    MUST(munmap(end, PAGE));
    Handle *edge = (Handle *)(end - 8);
    edge->bytes = good.bytes;
    edge->type = good.type;
    SHOW(by(fd, edge, O_RDONLY));
    int id;
    SHOW(name(AT_FDCWD, "file", edge, &id, 0));
    close(other);
    close(fd);
}

static void elsewhere(void)
{
    static const char *const places[] = {"/proc", "/proc/self/status", "/proc/self/fd"};
    int id;
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        Handle handle = {.bytes = HANDLE_ROOM};
        say("%s", places[i]);
        SHOW(name(AT_FDCWD, places[i], &handle, &id, 0));
        SHOW(name(AT_FDCWD, places[i], &handle, &id, FID));
        say("%u bytes, type %d", handle.bytes, handle.type);
        int fd = (int)MUST(open(places[i], O_RDONLY));
        Handle file = of("file");
        SHOW(by(fd, &file, O_RDONLY));
        close(fd);
    }
    int ends[2];
    MUST(pipe(ends));
    Handle handle = {.bytes = HANDLE_ROOM};
    SHOW(name(ends[0], "", &handle, &id, AT_EMPTY_PATH));
    Handle file = of("file");
    SHOW(by(ends[0], &file, O_RDONLY));
    handle.bytes = 0;
    SHOW(name(AT_FDCWD, "/proc", &handle, &id, 0));
    SHOW(name(AT_FDCWD, "/proc", &handle, &id, FID));
    say("needs %u", handle.bytes);
}

static void rights(void)
{
    Handle file = of("file"), dir = of("/tmp/sub");
    int fd = (int)MUST(open("/tmp", O_RDONLY));
    CHILD("ordinary user",
        MUST(setgid(65534));
        MUST(setuid(65534));
        Handle again = {.bytes = HANDLE_ROOM};
        int id;
        SHOW(name(AT_FDCWD, "file", &again, &id, 0));
        SHOW(by(fd, &file, O_RDONLY));
        SHOW(by(fd, &file, O_PATH));
        SHOW(by(99, &file, O_PATH));
        SHOW(name(AT_FDCWD, "closed/x", &again, &id, 0));
        file.bytes = 0;
        SHOW(by(fd, &file, O_RDONLY)));
    CHILD("own users",
        own_users();
        SHOW(by(fd, &file, O_RDONLY));
        SHOW(tries(fd, &dir, O_RDONLY | O_DIRECTORY));
        SHOW(by(fd, &dir, O_RDONLY)));
    CHILD("own tmpfs of own users",
        own_users();
        MUST(mount("mine", "/tmp/sub", "tmpfs", 0, NULL));
        int mine = (int)MUST(open("/tmp/sub", O_RDONLY));
        put_file("/tmp/sub/file", "x", 0644);
        MUST(mkdir("/tmp/sub/dir", 0755));
        Handle own = of("/tmp/sub/file");
        SHOW(tries(mine, &own, O_RDONLY));
        own = of("/tmp/sub/dir");
        SHOW(tries(mine, &own, O_RDONLY));
        SHOW(tries(mine, &own, O_RDONLY | O_DIRECTORY));
        SHOW(tries(mine, &own, O_PATH | O_DIRECTORY));
        SHOW(tries(mine, &own, O_RDWR | O_DIRECTORY));
        own = of("/tmp/sub/file");
        SHOW(tries(mine, &own, O_RDONLY | O_DIRECTORY));
        own = of("/tmp/sub");
        SHOW(tries(mine, &own, O_RDONLY | O_DIRECTORY));
        own.data[0] ^= 1;
        SHOW(tries(mine, &own, O_RDONLY | O_DIRECTORY));
        own = of("/tmp/sub");
        SHOW(by(fd, &dir, O_RDONLY | O_DIRECTORY));
        SHOW(by(fd, &dir, O_RDONLY)));
    close(fd);
}

int main(void)
{
    own_tmpfs();
    put_file("file", "hello", 0644);
    MUST(mkdir("sub", 0755));
    MUST(mkdir("closed", 0700));
    put_file("closed/x", "x", 0644);
    forged();
    elsewhere();
    rights();
    return 0;
}
