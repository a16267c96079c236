// SPDX-License-Identifier: Apache-2.0
// O_PATH: a descriptor that only names something gives no right to it, and none to what is above it.
#include "escape.h"
#include <sys/ioctl.h>
#include <sys/xattr.h>

int main(int argc, char **argv)
{
    (void)argc;
    char text[64];
    begin(argv);
    int file = (int)MUST(open("file", O_PATH)), base = (int)MUST(open(".", O_PATH));
    int link = (int)MUST(open("abs", O_PATH | O_NOFOLLOW)), up = (int)MUST(open("up_dir", O_PATH | O_NOFOLLOW));
    // Inside it works.
    say("file: %s", content(open(path("/proc/self/fd/%d", file), O_RDONLY)));
    look_at(base, "file");
    SHOW(read(file, text, sizeof text));
    SHOW(write(file, "x", 1));
    SHOW(ftruncate(file, 0));
    SHOW(fchmod(file, 0600));
    SHOW(fchown(file, getuid(), getgid()));
    SHOW(fsync(file));
    SHOW(fsetxattr(file, "user.x", "x", 1, 0));
    SHOW(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, file, 0) == MAP_FAILED ? -1 : 0);
    SHOW(ioctl(file, 0x5401, text));
    // A descriptor of the link itself: what it says can be read, and through /proc it leads nowhere.
    SHOW(readlinkat(link, "", text, sizeof text) > 0);
    say("link: %s", content(open(path("/proc/self/fd/%d", link), O_RDONLY)));
    SHOW(openat(link, "secret", O_RDONLY));
    SHOW(openat(up, "secret", O_RDONLY));
    SHOW(openat(up, "", O_RDONLY));
    say("up: %s", content(open(path("/proc/self/fd/%d/secret", up), O_RDONLY)));
    SHOW(fchdir(link));
    SHOW(fchdir(up));
    look_at(base, "../outside/secret");
    look_at(base, "../../outside/secret");
    // A directory by name only that the host moves away: no way up from it.
    int moving = (int)MUST(open("moving/a/b", O_PATH));
    host("away moving");
    look_at(moving, "../../../secret");
    look_at(moving, "../../../../secret");
    look_at(moving, "../../../outside/secret");
    host("back moving");
    look_at(moving, "file");
    // A file by name only that the host exchanges for a link: it stays the file. In the sandbox it may be gone (ELOOP).
    int held = (int)MUST(open("held", O_PATH));
    host("exchange held abs");
    const char *what = content(open(path("/proc/self/fd/%d", held), O_RDONLY));
    say("held: %d", strcmp(what, "inside") == 0 || strcmp(what, "ELOOP") == 0);
    say("at its name: %s", content(open("held", O_RDONLY)));
    host("exchange held abs");
    SHOW(linkat(file, "", AT_FDCWD, "named", AT_EMPTY_PATH) == 0 && !writable_tree);
    unlink("named");
    return 0;
}
