// SPDX-License-Identifier: Apache-2.0
// Landlock: errors of its three calls, and what comes first; the ruleset's descriptor; the number of layers.
#include "landlock.h"

int main(void)
{
    struct { uint64_t rights, net, more[600]; } attributes = { FS(EXECUTE), 0, { 0 } };
    say("version %d", create_ruleset(NULL, 0, 1) >= 3);
    SHOW(create_ruleset(&attributes, 8, 1));
    SHOW(create_ruleset(NULL, 8, 1));
    SHOW(create_ruleset(&attributes, 0, 1));
    SHOW(create_ruleset(&attributes, 8, 0x80000000u));
    SHOW(create_ruleset(NULL, 0, 0x80000000u));
    SHOW(create_ruleset(NULL, 0, 0));
    SHOW(create_ruleset(NULL, 7, 0));
    SHOW(create_ruleset(NULL, 8, 0));
    SHOW(create_ruleset(&attributes, 7, 0));
    SHOW(create_ruleset(BAD, 8, 0));
    SHOW(create_ruleset(&attributes, 4097, 0));
    OK(create_ruleset(&attributes, 8, 0));
    OK(create_ruleset(&attributes, 4096, 0));
    attributes.more[100] = 1;
    SHOW(create_ruleset(&attributes, 4096, 0));
    attributes.rights = 1ULL << 40;
    SHOW(create_ruleset(&attributes, 8, 0));
    SHOW(create_ruleset(&attributes, 4096, 0));
    attributes.rights = 0;
    SHOW(create_ruleset(&attributes, 8, 0));

    int rules = ruleset_of(FS(READ_FILE) | FS(READ_DIR));
    struct stat st;
    MUST(fstat(rules, &st));
    char link[64] = "", path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", rules);
    MUST(readlink(path, link, sizeof link - 1));
    say("mode %o link %s flags %d %d", st.st_mode & 07777, link, fcntl(rules, F_GETFD),
        (fcntl(rules, F_GETFL) & O_ACCMODE) == O_RDWR);
    char byte = 0;
    SHOW(read(rules, &byte, 1));
    SHOW(write(rules, &byte, 1));
    SHOW(read(rules, &byte, 0));
    SHOW(lseek(rules, 0, SEEK_SET));

    put_file("file", "x", 0644);
    int dir = (int)MUST(open(".", O_PATH)), file = (int)MUST(open("file", O_RDONLY));
    int ends[2];
    MUST(pipe(ends));
    int memory = (int)MUST(syscall(SYS_memfd_create, "m", 0));
    struct landlock_path_beneath_attr rule = { FS(READ_FILE), dir };
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0x80000000u));
    SHOW(add_rule(-1, LANDLOCK_RULE_PATH_BENEATH, &rule, 0x80000000u));
    SHOW(add_rule(-1, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    SHOW(add_rule(dir, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    SHOW(add_rule(file, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    SHOW(add_rule(ends[0], 1000, &rule, 0));
    SHOW(add_rule(rules, 0, &rule, 0));
    SHOW(add_rule(rules, 1000, &rule, 0));
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, NULL, 0));
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, BAD, 0));
    rule.allowed_access = 0;
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.allowed_access = FS(EXECUTE);
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.allowed_access = FS(READ_FILE) | FS(EXECUTE);
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.allowed_access = FS(REFER);
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.allowed_access = 1ULL << 50;
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.allowed_access = FS(READ_FILE);
    int fds[] = { -1, 4711, file, ends[0], memory, rules, 0x7fffffff };
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
        rule.parent_fd = fds[i];
        say("parent %zu: %s", i, add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0 ? "ok" : err_name(errno));
    }
    rule.parent_fd = file;
    rule.allowed_access = FS(READ_DIR);
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
    rule.parent_fd = -1;
    rule.allowed_access = FS(EXECUTE);
    SHOW(add_rule(rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0));

    if (getuid() != 0) {
        SHOW(restrict_self(rules, 0));
        SHOW(restrict_self(-1, 0));
        SHOW(restrict_self(rules, 0x80000000u));
    } else {
        CHILD("by privilege", SHOW(restrict_self(rules, 0)); SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0)));
    }
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(restrict_self(rules, 0x80000000u));
    SHOW(restrict_self(-1, 0x80000000u));
    SHOW(restrict_self(-1, 0));
    SHOW(restrict_self(file, 0));
    SHOW(restrict_self(dir, 0));
    CHILD("layers",
        for (int i = 0; i < 18; i++) {
            int result = restrict_self(rules, 0);
            if (result == -1) { say("%d: %s", i, err_name(errno)); }
        }
        SHOW(try_open("file", O_RDONLY));
        SHOW(try_open("/etc/passwd", O_RDONLY)));
    CHILD("a ruleset can grow after use",
        int more = ruleset_of(FS(READ_FILE));
        MUST(restrict_self(more, 0));
        SHOW(try_open("file", O_RDONLY));
        allow(more, ".", FS(READ_FILE));
        SHOW(try_open("file", O_RDONLY));
        MUST(restrict_self(more, 0));
        SHOW(try_open("file", O_RDONLY)));
    MUST(unlink("file"));
    return 0;
}
