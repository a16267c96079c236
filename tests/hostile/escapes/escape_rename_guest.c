// SPDX-License-Identifier: Apache-2.0
// A directory that the guest itself renames while another thread of it walks there and back by `..`.
#include "escape.h"

static volatile int done;

static void *mover(void *unused)
{
    (void)unused;
    for (int i = 0; i < 20000; i++) {
        MUST(rename("walk/a/b", "walk/b"));
        MUST(rename("walk/b", "walk/a/b"));
    }
    done = 1;
    return NULL;
}

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    if (!writable_tree) {
        SHOW(rename("dir", "../dir"));
        SHOW(rename("dir", "dir2"));
        SHOW(rename("dir/deep", "deep"));
        return 0;
    }
    MUST(mkdir("walk", 0777));
    MUST(mkdir("walk/a", 0777));
    MUST(mkdir("walk/a/b", 0777));
    MUST(mkdir("walk/a/b/c", 0777));
    put_file("walk/file", "inside\n", 0666);
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, mover, NULL) == 0 ? 0 : -1);
    long walks = 0, escaped = 0, strange = 0;
    while (!done || walks < 10000) {
        struct stat st, root;
        static const char *const ways[] = {
            "walk/a/b/c/../../../../../outside/secret", "walk/a/b/../../../outside/secret", "walk/b/c/../../../../outside/secret",
            "walk/a/b/c/../../../../../../../../../../outside/secret",
        };
        const char *seen = content(open(ways[walks % 4], O_RDONLY));
        escaped += strcmp(seen, "ESCAPED") == 0;
        strange += strcmp(seen, "ENOENT") != 0;
        // From inside of it: up as far as it goes is the guest's root, however often it moved meanwhile.
        int at = open("walk/a/b/c", O_PATH | O_DIRECTORY);
        for (int i = 0; at >= 0 && i < 8; i++) {
            int up = openat(at, "..", O_PATH | O_DIRECTORY);
            close(at);
            at = up;
        }
        if (at >= 0) {
            strange += fstat(at, &st) != 0 || stat("/", &root) != 0 || st.st_ino != root.st_ino || st.st_dev != root.st_dev;
            close(at);
        }
        walks++;
    }
    pthread_join(thread, NULL);
    say("escaped %ld, strange %ld", escaped, strange);
    look("walk/a/b/c/../../../file");
    // Into itself, and over what is not empty.
    SHOW(rename("walk/a", "walk/a/b/c/a"));
    SHOW(rename("walk", "dir"));
    SHOW(rename("walk", "../../outside/walk"));
    SHOW(syscall(SYS_renameat2, AT_FDCWD, "walk", AT_FDCWD, "walk/a/b", 2));
    return 0;
}
