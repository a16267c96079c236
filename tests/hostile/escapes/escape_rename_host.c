// SPDX-License-Identifier: Apache-2.0
// A directory that the host renames out of the tree and back, all the time, while the guest walks through it.
#include "escape.h"

enum { WALKS = 10000 };

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    look("moving/a/b/file");
    look("moving/a/b/../../../file");
    int held = (int)MUST(open("moving/a/b", O_RDONLY | O_DIRECTORY)), escaped = 0, inside = 0, strange = 0;
    host("churn moving");
    for (int i = 0; i < WALKS; i++) {
        static const char *const ways[] = {
            "moving/a/b/../../../secret", "moving/../secret", "moving/a/../../secret", "moving/a/b/../../../outside/secret",
            "moving/a/b/../../../../outside/secret", "moving/a/b/file",
        };
        const char *seen = content(open(ways[i % 6], O_RDONLY));
        escaped += strcmp(seen, "ESCAPED") == 0;
        inside += strcmp(seen, "inside") == 0;
        // What a walk meets that was moved away is not there: ENOENT, or ESTALE as on network file systems.
        strange += strcmp(seen, "inside") != 0 && strcmp(seen, "ENOENT") != 0 && strcmp(seen, "ESTALE") != 0;
        // From inside of it.
        escaped += strcmp(content(openat(held, "../../../secret", O_RDONLY)), "ESCAPED") == 0;
        escaped += strcmp(content(openat(held, "../../../../outside/secret", O_RDONLY)), "ESCAPED") == 0;
        if (writable_tree) {
            escaped += truncate(ways[i % 5], 0) == 0;
            int fd = open("moving/a/b/../../../made", O_CREAT | O_WRONLY, 0666);
            close(fd);
            unlink("moving/a/b/../../../made");
        }
    }
    host("calm");
    say("escaped %d, strange %d, inside %d", escaped, strange, inside > 0);
    look("moving/a/b/file");
    look("moving/a/b/../../../file");
    // Gone for good, with this program in it.
    MUST(fchdir(held));
    host("away moving");
    for (const char *up = "../../../../../../../../"; *up; up += 3) {
        say("%zu up: %s %s", strlen(up) / 3, content(open(path("%ssecret", up), O_RDONLY)),
            content(open(path("%soutside/secret", up), O_RDONLY)));
    }
    MUST(chdir(tree));
    look("moving/a/b/file");
    host("back moving");
    look("moving/a/b/file");
    return 0;
}
