// SPDX-License-Identifier: Apache-2.0
// What the tests of keyrings share: bare calls, and keys told without their serial numbers. Each test joins a
// session keyring of its own first, so that nothing of it stays with whoever started it.
#ifndef KEYS_H
#define KEYS_H
#include "t.h"
#include <linux/keyctl.h>

enum { THREAD_RING = -1, PROCESS_RING = -2, SESSION_RING = -3, USER_RING = -4, USER_SESSION_RING = -5 };

#define add_key(type, name, data, size, ring) \
    (int)syscall(SYS_add_key, (long)(type), (long)(name), (long)(data), (long)(size), (long)(ring))
#define request_key(type, name, info, ring) \
    (int)syscall(SYS_request_key, (long)(type), (long)(name), (long)(info), (long)(ring))
#define KEYCTL_5(op, a, b, c, d, ...) \
    (int)syscall(SYS_keyctl, (long)(op), (long)(a), (long)(b), (long)(c), (long)(d))
#define keyctl(...) KEYCTL_5(__VA_ARGS__, 0, 0, 0, 0, 0)

// Adds a key of type user.
#define add_user(name, text, ring) add_key("user", name, text, strlen(text), ring)
#define add_ring(name, ring) add_key("keyring", name, 0, 0, ring)

__attribute__((unused)) static void join_anonymous(void)
{
    MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
}

// Says type, rights and name of a key, and whose it is.
__attribute__((unused)) static void tell_key(const char *what, int key)
{
    char text[5000], type[32], name[4200] = "";
    unsigned uid, gid, rights;
    int n = keyctl(KEYCTL_DESCRIBE, key, text, sizeof text);
    if (n == -1) {
        say("%s: %s", what, err_name(errno));
        return;
    }
    if (sscanf(text, "%31[^;];%u;%u;%x;%4199[^\n]", type, &uid, &gid, &rights, name) < 4) {
        say("%s: not understood: %s", what, text);
        return;
    }
    say("%s: %s %08x '%.60s' uid %s gid %s size %s", what, type, rights, name,
        uid == getuid() ? "own" : "other", gid == getgid() ? "own" : "other",
        n == (int)strlen(text) + 1 ? "right" : "wrong");
}

// Says the content of a key.
__attribute__((unused)) static void tell_data(const char *what, int key)
{
    char data[200];
    memset(data, '#', sizeof data);
    int n = keyctl(KEYCTL_READ, key, data, sizeof data);
    if (n == -1) {
        say("%s: %s", what, err_name(errno));
    } else {
        say("%s: %d '%.*s'", what, n, n > 100 ? 100 : n, data);
    }
}

// How many keys a keyring holds, -1 when it cannot be read.
__attribute__((unused)) static int ring_count(int ring)
{
    int n = keyctl(KEYCTL_READ, ring, 0, 0);
    return n == -1 ? -1 : n / 4;
}

__attribute__((unused)) static int ring_has(int ring, int key)
{
    static int ids[20000];
    int n = keyctl(KEYCTL_READ, ring, ids, sizeof ids);
    for (int i = 0; i < n / 4 && n <= (int)sizeof ids; i++) {
        if (ids[i] == key) { return 1; }
    }
    return 0;
}

// Becomes another user for good, with a group of its own; only root can.
__attribute__((unused)) static void become(int uid)
{
    MUST(syscall(SYS_setgroups, 0, NULL));
    MUST(syscall(SYS_setresgid, uid, uid, uid));
    MUST(syscall(SYS_setresuid, uid, uid, uid));
}

// The line of /proc/keys about a key, without its number and its count of users.
__attribute__((unused)) static void tell_line(const char *what, int key)
{
    char text[65536], start[16];
    int fd = (int)MUST(open("/proc/keys", O_RDONLY)), n = 0, got;
    while ((got = (int)read(fd, text + n, sizeof text - 1 - n)) > 0) { n += got; }
    close(fd);
    text[n] = 0;
    snprintf(start, sizeof start, "%08x ", key);
    char *line = strstr(text, start);
    if (!line) {
        say("%s: not listed", what);
        return;
    }
    line[strcspn(line, "\n")] = 0;
    char flags[16], timeout[16], type[16];
    unsigned usage, rights, uid, gid;
    int at = 0;
    sscanf(line, "%*x %15s %u %15s %x %u %u %15s %n", flags, &usage, timeout, &rights, &uid, &gid, type, &at);
    say("%s: %s %s %08x uid %s gid %s %s %s, %s", what, flags, timeout, rights, uid == getuid() ? "own" : "other",
        gid == getgid() ? "own" : "other", type, line + at, line[9 + 7] == ' ' ? "columns" : "no columns");
}
#endif
