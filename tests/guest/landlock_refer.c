// SPDX-License-Identifier: Apache-2.0
// Landlock: links and renames between directories, LANDLOCK_ACCESS_FS_REFER: EACCES and EXDEV.
// @places overlay,layer,volume,tmpfs
#include "landlock.h"
#include <linux/fs.h>

#define MAKES (FS(MAKE_REG) | FS(MAKE_DIR))
#define REMOVES (FS(REMOVE_FILE) | FS(REMOVE_DIR))

static void tree(void)
{
    const char *const dirs[] = { "a", "a/sub", "a/dir", "b", "b/sub", "b/dir" };
    for (size_t i = 0; i < 6; i++) {
        char path[64];
        MUST(mkdir(dirs[i], 0755));
        snprintf(path, sizeof path, "%s/file", dirs[i]);
        put_file(path, "x", 0644);
        snprintf(path, sizeof path, "%s/second", dirs[i]);
        put_file(path, "x", 0644);
    }
    MUST(unlink("a/dir/file"));
    MUST(unlink("a/dir/second"));
    MUST(unlink("b/dir/file"));
    MUST(unlink("b/dir/second"));
}

static void clean(void)
{
    if (system("rm -rf a b") != 0) { say("not cleaned"); }
}

static int exchange(const char *one, const char *two)
{
    return (int)syscall(SYS_renameat2, AT_FDCWD, one, AT_FDCWD, two, RENAME_EXCHANGE);
}

// Tries all ways, each undone when it works, so that all start from the same tree.
static void try_all(const char *what)
{
    static const struct { const char *from, *to; } ways[] = {
        { "a/file", "b/new" }, { "a/file", "b/file" }, { "a/dir", "b/new" }, { "a/dir", "b/dir" },
        { "a/sub/file", "a/new" }, { "a/file", "a/sub/new" }, { "a/file", "a/new" }, { "a/dir", "a/new" },
        { "b/file", "a/new" }, { "b/dir", "a/new" }, { "a/sub/file", "b/sub/new" }, { "a/none", "b/new" },
        { "a/sub", "b/new" },
    };
    char line[4000];
    int n = 0;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        struct stat st;
        int target = stat(ways[i].to, &st) == 0;
        errno = 0;
        int linked = link(ways[i].from, ways[i].to);
        n += snprintf(line + n, sizeof line - n, " %s>%s link %s", ways[i].from, ways[i].to, linked ? err_name(errno) : "ok");
        if (linked == 0) { unlink(ways[i].to); }
        if (!target) {
            int moved = rename(ways[i].from, ways[i].to);
            n += snprintf(line + n, sizeof line - n, " rename %s", moved ? err_name(errno) : "ok");
            if (moved == 0) { rename(ways[i].to, ways[i].from); }
        } else {
            int moved = exchange(ways[i].from, ways[i].to);
            n += snprintf(line + n, sizeof line - n, " exchange %s", moved ? err_name(errno) : "ok");
            if (moved == 0) { exchange(ways[i].from, ways[i].to); }
        }
        n += snprintf(line + n, sizeof line - n, ";");
    }
    n += snprintf(line + n, sizeof line - n, " swap file and dir %s", exchange("a/file", "b/dir") ? err_name(errno) : "ok");
    n += snprintf(line + n, sizeof line - n, " back %s", exchange("b/dir", "a/file") ? err_name(errno) : "ok");
    n += snprintf(line + n, sizeof line - n, " over %s", rename("a/second", "b/second") ? err_name(errno) : "ok");
    say("%s:%s", what, line);
}

struct layer { uint64_t handled; struct { const char *path; uint64_t rights; } rules[6]; };

static void in_domain(const char *what, const struct layer *layers, int count)
{
    tree();
    CHILD(what,
        for (int i = 0; i < count; i++) {
            int rules = ruleset_of(layers[i].handled);
            for (int j = 0; j < 6 && layers[i].rules[j].path; j++) {
                allow(rules, layers[i].rules[j].path, layers[i].rules[j].rights);
            }
            enter(rules);
        }
        try_all(what));
    clean();
}

#define WITH(what, ...) do { struct layer l_[] = { __VA_ARGS__ }; in_domain(what, l_, sizeof l_ / sizeof l_[0]); } while (0)

int main(void)
{
    const uint64_t Refer = FS(REFER), All = MAKES | REMOVES | FS(REFER);
    WITH("one that says nothing of them", { FS(EXECUTE), { { 0, 0 } } });
    WITH("refer handled, nowhere", { Refer, { { 0, 0 } } });
    WITH("refer everywhere", { Refer, { { "a", Refer }, { "b", Refer } } });
    WITH("refer above both", { Refer, { { ".", Refer } } });
    WITH("refer from only", { Refer, { { "a", Refer } } });
    WITH("refer to only", { Refer, { { "b", Refer } } });
    WITH("makes denied", { Refer | MAKES, { { "a", Refer | MAKES }, { "b", Refer } } });
    WITH("removes denied", { Refer | REMOVES, { { "a", Refer }, { "b", Refer | REMOVES } } });
    WITH("removes and makes, no refer", { REMOVES | MAKES, { { "a", REMOVES | MAKES }, { "b", REMOVES | MAKES } } });
    WITH("all", { All, { { "a", All }, { "b", All } } });
    WITH("all but refer", { All, { { "a", All & ~Refer }, { "b", All & ~Refer } } });
    WITH("more rights there", { All | FS(EXECUTE), { { "a", All }, { "b", All | FS(EXECUTE) } } });
    WITH("more rights here", { All | FS(EXECUTE), { { "a", All | FS(EXECUTE) }, { "b", All } } });
    WITH("more rights here for files", { Refer | FS(READ_FILE), { { "a", Refer }, { "b", Refer | FS(READ_FILE) } } });
    WITH("more rights for directories", { Refer | FS(READ_DIR), { { "a", Refer }, { "b", Refer | FS(READ_DIR) } } });
    WITH("rights on the file itself", { Refer | FS(READ_FILE), { { "a", Refer }, { "a/file", FS(READ_FILE) },
        { "b", Refer | FS(READ_FILE) } } });
    WITH("rights on the directory itself", { Refer | FS(READ_DIR) | FS(READ_FILE), { { "a", Refer },
        { "a/dir", FS(READ_DIR) | FS(READ_FILE) }, { "b", Refer | FS(READ_DIR) | FS(READ_FILE) } } });
    WITH("rights above both", { All | FS(READ_FILE), { { ".", FS(READ_FILE) | MAKES | REMOVES }, { "a", Refer },
        { "b", Refer } } });
    WITH("rights below", { All, { { "a", All }, { "a/sub", All }, { "b/sub", All } } });
    WITH("two layers, one without refer", { Refer, { { ".", Refer } } }, { FS(READ_FILE), { { ".", FS(READ_FILE) } } });
    WITH("two layers", { Refer | MAKES, { { ".", Refer | MAKES } } },
        { Refer | REMOVES, { { "a", Refer | REMOVES }, { "b", Refer } } });
    WITH("two layers that differ", { Refer | FS(READ_FILE), { { "a", Refer | FS(READ_FILE) }, { "b", Refer } } },
        { Refer | FS(WRITE_FILE), { { "a", Refer }, { "b", Refer | FS(WRITE_FILE) } } });
    return 0;
}
