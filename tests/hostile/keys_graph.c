// SPDX-License-Identifier: Apache-2.0
// Keyrings in which a search meets the same ones on billions of ways, the longest chains, and as many keys and
// links as there may be; Landlock with as many rules as there may be. All of it must end soon.
// @host no
// @timeout 120
#include "../guest/keys.h"
#include "../guest/landlock.h"

enum { LEVELS = 7, WIDTH = 30, CHAIN = 3000 };

static void graph(void)
{
    static int rings[LEVELS][WIDTH];
    join_anonymous();
    for (int level = LEVELS - 1; level >= 0; level--) {
        for (int i = 0; i < WIDTH; i++) {
            char name[32];
            snprintf(name, sizeof name, "g%d.%d", level, i);
            rings[level][i] = (int)MUST(add_ring(name, SESSION_RING));
            for (int j = 0; j < WIDTH && level + 1 < LEVELS; j++) {
                MUST(keyctl(KEYCTL_LINK, rings[level + 1][j], rings[level][i]));
            }
        }
    }
    for (int i = 0; i < 200; i++) {
        if (keyctl(KEYCTL_SEARCH, rings[0][0], "user", "none", 0) != -1 || errno != ENOKEY) { _exit(1); }
    }
    if (keyctl(KEYCTL_LINK, rings[0][0], rings[LEVELS - 1][0]) != -1 || errno != EDEADLK) { _exit(2); }
}

// A chain is as long as one likes when it is made from its top; it goes all at once.
static void chain(void)
{
    join_anonymous();
    int above = (int)MUST(add_ring("top", SESSION_RING));
    for (int i = 0; i < CHAIN; i++) {
        int next = (int)MUST(add_ring("next", SESSION_RING));
        MUST(keyctl(KEYCTL_SETPERM, next, 0x3f3f0000));
        MUST(keyctl(KEYCTL_MOVE, next, SESSION_RING, above, 0));
        above = next;
    }
    MUST(keyctl(KEYCTL_CLEAR, SESSION_RING));
}

static void fill(void)
{
    join_anonymous();
    int first = (int)MUST(add_ring("first", SESSION_RING)), keys = 0, links = 0;
    for (; keys < 100000; keys++) {
        char name[16];
        snprintf(name, sizeof name, "%d", keys);
        if (add_user(name, "x", first) == -1) { break; }
    }
    if (keys == 100000 || errno != EDQUOT) { _exit(3); }
    MUST(keyctl(KEYCTL_CLEAR, first));
    static int made[1000];
    for (int i = 0; i < 1000; i++) {
        char name[16];
        snprintf(name, sizeof name, "k%d", i);
        made[i] = (int)MUST(add_user(name, "x", first));
    }
    for (int i = 0; links < 10000000 && errno != EDQUOT; i++) {
        char name[16];
        snprintf(name, sizeof name, "r%d", i);
        int ring = add_ring(name, SESSION_RING);
        for (int j = 0; j < 1000 && ring != -1; j++, links++) {
            if (keyctl(KEYCTL_LINK, made[j], ring) == -1) { break; }
        }
    }
    if (errno != EDQUOT) { _exit(4); }
    static char text[1 << 16];
    int fd = (int)MUST(open("/proc/keys", O_RDONLY));
    while (MUST(read(fd, text, sizeof text)) > 0) {}
    close(fd);
    for (int i = 0; i < 500; i++) { MUST(keyctl(KEYCTL_INVALIDATE, made[i])); }
}

static void rules(void)
{
    char name[32];
    int rules = ruleset_of(FS(READ_FILE)), count = 0;
    for (; count < 100000; count++) {
        snprintf(name, sizeof name, "/tmp/l%d", count);
        int fd = (int)MUST(open(name, O_CREAT | O_WRONLY, 0600));
        struct landlock_path_beneath_attr rule = { FS(READ_FILE), fd };
        int result = add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        int error = errno;
        close(fd);
        unlink(name);
        if (result == -1) {
            if (error != ENOMEM) { _exit(5); }
            break;
        }
    }
    if (count == 100000) { _exit(6); }
}

static void after(void)
{
    join_anonymous();
    MUST(add_user("still", "x", SESSION_RING));
    // Rules that are gone count until they are collected, which is asked for once a second.
    int ruleset = ruleset_of(FS(READ_FILE));
    for (int i = 0; i < 50 && try_allow(ruleset, "/tmp", FS(READ_FILE)) == -1; i++) { sleep_ms(100); }
    allow(ruleset, "/tmp", FS(READ_FILE));
}

static int step(const char *what, void (*body)(void))
{
    int64_t start = now_ns(CLOCK_MONOTONIC);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        body();
        _exit(0);
    }
    int status;
    MUST(waitpid(child, &status, 0));
    say_status(what, status);
    say("%ld ms", (long)((now_ns(CLOCK_MONOTONIC) - start) / 1000000));
    return status != 0;
}

int main(void)
{
    // As root, whose quota only the sandbox's own bound limits; others end at theirs.
    if (getuid() != 0) { return 0; }
    return step("graph", graph) | step("chain", chain) | step("fill", fill) | step("rules", rules) | step("after", after);
}
