// SPDX-License-Identifier: Apache-2.0
// openat2(2): each resolution flag against "..", absolute paths, links and magic links; errors; *at calls
// relative to descriptors.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <linux/openat2.h>

static int dir;

static void open_with(const char *path, uint64_t resolve)
{
    struct open_how how = { .flags = O_RDONLY, .resolve = resolve };
    long fd = syscall(SYS_openat2, dir, path, &how, sizeof how);
    say("  %s %lx: %s", path, (long)resolve, fd == -1 ? err_name(errno) : "ok");
    if (fd >= 0) { close((int)fd); }
}

int main(void)
{
    MUST(mkdir("d", 0755));
    MUST(mkdir("d/e", 0755));
    put_file("outside", "o", 0644);
    put_file("d/file", "f", 0644);
    put_file("d/e/deep", "g", 0644);
    MUST(symlink("file", "d/link"));
    MUST(symlink("../outside", "d/up"));
    MUST(symlink("/etc/passwd", "d/absolute"));
    MUST(symlink("e/../link", "d/around"));
    dir = (int)MUST(open("d", O_RDONLY | O_DIRECTORY));
    uint64_t flags[] = { 0, RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS,
        RESOLVE_NO_XDEV };
    for (int i = 0; i < 6; i++) {
        open_with("file", flags[i]);
        open_with("e/deep", flags[i]);
        open_with("e/../file", flags[i]);
        open_with("../outside", flags[i]);
        open_with("link", flags[i]);
        open_with("up", flags[i]);
        open_with("absolute", flags[i]);
        open_with("around", flags[i]);
        open_with("/etc/passwd", flags[i]);
        open_with("missing", flags[i]);
        open_with("/proc/self/cwd/outside", flags[i]);
        open_with("/proc/self/root/etc/passwd", flags[i]);
    }
    struct open_how how = { .flags = O_RDONLY };
    SHOW(syscall(SYS_openat2, dir, "file", &how, 8));
    SHOW(syscall(SYS_openat2, dir, "file", BAD, sizeof how));
    how.resolve = 1 << 20;
    SHOW(syscall(SYS_openat2, dir, "file", &how, sizeof how));
    how.resolve = RESOLVE_BENEATH | RESOLVE_IN_ROOT;
    SHOW(syscall(SYS_openat2, dir, "file", &how, sizeof how));
    how.resolve = 0;
    how.mode = 0600;
    SHOW(syscall(SYS_openat2, dir, "file", &how, sizeof how));
    how.mode = 0;
    how.flags = 1UL << 40;
    SHOW(syscall(SYS_openat2, dir, "file", &how, sizeof how));
    struct {
        struct open_how how;
        long more;
    } longer = { { .flags = O_RDONLY }, 0 };
    OK(syscall(SYS_openat2, dir, "file", &longer, sizeof longer));
    longer.more = 1;
    SHOW(syscall(SYS_openat2, dir, "file", &longer, sizeof longer));

    SHOW(mkdirat(dir, "new", 0700));
    SHOW(symlinkat("new", dir, "to-new"));
    SHOW(mknodat(dir, "fifo", S_IFIFO | 0600, 0));
    SHOW(renameat(dir, "new", AT_FDCWD, "moved"));
    SHOW(linkat(dir, "file", AT_FDCWD, "second", 0));
    SHOW(unlinkat(dir, "fifo", 0));
    SHOW(unlinkat(dir, "e", 0));
    SHOW(unlinkat(dir, "e", AT_REMOVEDIR));
    SHOW(fchmodat(dir, "file", 0600, 0));
    SHOW(faccessat(dir, "file", R_OK, 0));
    char target[20] = "";
    SHOW(readlinkat(dir, "link", target, sizeof target));
    MUST(unlink("second"));
    return 0;
}
