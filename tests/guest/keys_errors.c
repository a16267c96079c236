// SPDX-License-Identifier: Apache-2.0
// Errors of add_key(2), request_key(2) and keyctl(2), and what comes first when several apply; quotas.
#include "keys.h"

static char text[8192], long_name[5000], big[1 << 20];
static int key, ring;

static void adding(void)
{
    SHOW(add_key(BAD, "n", "x", 1, SESSION_RING));
    SHOW(add_key(NULL, "n", "x", 1, SESSION_RING));
    SHOW(add_key("", "n", "x", 1, SESSION_RING));
    SHOW(add_key("1234567890123456789012345678901", "n", "x", 1, SESSION_RING));
    SHOW(add_key("12345678901234567890123456789012", "n", "x", 1, SESSION_RING));
    SHOW(add_key(".user", "n", "x", 1, SESSION_RING));
    SHOW(add_key("nothing", "n", "x", 1, SESSION_RING));
    SHOW(add_key("user", BAD, "x", 1, SESSION_RING));
    SHOW(add_key("user", NULL, "x", 1, SESSION_RING));
    SHOW(add_key("user", "", "x", 1, SESSION_RING));
    SHOW(add_key("keyring", NULL, 0, 0, SESSION_RING));
    SHOW(add_key("keyring", ".n", 0, 0, SESSION_RING));
    OK(add_key("user", ".n", "x", 1, SESSION_RING));
    memset(long_name, 'n', sizeof long_name - 1);
    SHOW(add_key("user", long_name, "x", 1, SESSION_RING));
    SHOW(add_key("user", long_name + (4999 - 4096), "x", 1, SESSION_RING));
    OK(add_key("user", long_name + (4999 - 4095), "x", 1, SESSION_RING));
    SHOW(add_key("user", "n", BAD, 1, SESSION_RING));
    SHOW(add_key("user", "n", NULL, 1, SESSION_RING));
    SHOW(add_key("user", "n", BAD, 0, SESSION_RING));
    SHOW(add_key("user", "n", "x", 0, SESSION_RING));
    SHOW(add_key("user", "n", big, 32768, SESSION_RING));
    SHOW(add_key("user", "n", big, 1048575, SESSION_RING));
    SHOW(add_key("user", "n", big, 1048576, SESSION_RING));
    SHOW(add_key("user", "n", big, -1, SESSION_RING));
    SHOW(add_key("keyring", "n", "x", 1, SESSION_RING));
    SHOW(add_key("logon", "n", "x", 1, SESSION_RING));
    SHOW(add_key("logon", ":n", "x", 1, SESSION_RING));
    OK(add_key("logon", "n:", "x", 1, SESSION_RING));
    SHOW(add_key("logon", "n:m", "x", 0, SESSION_RING));
    SHOW(add_key("user", "n", "x", 1, 0));
    SHOW(add_key("user", "n", "x", 1, -6));
    SHOW(add_key("user", "n", "x", 1, -7));
    SHOW(add_key("user", "n", "x", 1, -8));
    SHOW(add_key("user", "n", "x", 1, -9));
    SHOW(add_key("user", "n", "x", 1, INT_MIN));
    SHOW(add_key("user", "n", "x", 1, key));
    SHOW(add_key("nothing", "n", "x", 1, key));
    SHOW(add_key("user", "n", "", 0, key));
    SHOW(add_key("user", "", "x", 1, key));
    SHOW(add_key("nothing", "n", "x", 1, 2));
    SHOW(add_key("nothing", "n", BAD, 1, 2));
    SHOW(add_key("nothing", BAD, BAD, 1, 2));
}

static void requesting(void)
{
    SHOW(request_key(BAD, "n", 0, 0));
    SHOW(request_key("", "n", 0, 0));
    SHOW(request_key("12345678901234567890123456789012", "n", 0, 0));
    SHOW(request_key(".user", "n", 0, 0));
    SHOW(request_key("nothing", "n", 0, 0));
    SHOW(request_key("user", BAD, 0, 0));
    SHOW(request_key("user", NULL, 0, 0));
    SHOW(request_key("user", "", 0, 0));
    SHOW(request_key("user", "", "info", 0));
    SHOW(request_key("user", long_name, 0, 0));
    SHOW(request_key("user", "n", BAD, 0));
    SHOW(request_key("user", "n", long_name, 0));
    SHOW(request_key("user", "n", 0, 2));
    SHOW(request_key("user", "n", 0, -6));
    SHOW(request_key("user", "n", 0, -9));
    SHOW(request_key("user", "n", "info", key));
    SHOW(request_key("user", "key", 0, key));
    SHOW(request_key("nothing", "n", 0, 2));
    SHOW(request_key("nothing", BAD, 0, 2));
}

// What answers for a key that is there but not to be had, by the keyrings that are searched.
static void hidden(void)
{
    for (int rings = 0; rings < 4; rings++) {
        CHILD("searching",
            if (rings & 1) { MUST(keyctl(KEYCTL_GET_KEYRING_ID, THREAD_RING, 1)); }
            if (rings & 2) { MUST(keyctl(KEYCTL_GET_KEYRING_ID, PROCESS_RING, 1)); }
            int made = (int)MUST(add_user("revoked", "x", SESSION_RING));
            MUST(keyctl(KEYCTL_REVOKE, made));
            SHOW(request_key("user", "revoked", 0, 0));
            made = (int)MUST(add_user("hidden", "x", SESSION_RING));
            MUST(keyctl(KEYCTL_SETPERM, made, 0x37370000));
            SHOW(request_key("user", "hidden", 0, 0)));
    }
    CHILD("in the process's",
        MUST(keyctl(KEYCTL_GET_KEYRING_ID, THREAD_RING, 1));
        int made = (int)MUST(add_user("gone", "x", PROCESS_RING));
        MUST(keyctl(KEYCTL_REVOKE, made));
        SHOW(request_key("user", "gone", 0, 0)));
    CHILD("in the thread's",
        int made = (int)MUST(add_user("gone", "x", THREAD_RING));
        MUST(keyctl(KEYCTL_REVOKE, made));
        SHOW(request_key("user", "gone", 0, 0)));
}

// Each operation with no key, with a number that no key has, a key of the wrong kind, bad memory.
static void controlling(void)
{
    int ops[] = { KEYCTL_GET_KEYRING_ID, KEYCTL_UPDATE, KEYCTL_REVOKE, KEYCTL_DESCRIBE, KEYCTL_CLEAR,
        KEYCTL_READ, KEYCTL_SET_TIMEOUT, KEYCTL_GET_SECURITY, KEYCTL_INVALIDATE, KEYCTL_RESTRICT_KEYRING };
    int ids[] = { 0, 1, 2, -1, -2, -6, -7, -8, -9, INT_MIN };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
        int length = 0;
        for (size_t j = 0; j < sizeof ids / sizeof ids[0]; j++) {
            int result = keyctl(ops[i], ids[j], 0, 0);
            length += snprintf(text + length, sizeof text - length, " %s", result >= 0 ? "ok" : err_name(errno));
        }
        say("%d:%s", ops[i], text);
    }
    tell_line("no thread's ring was made", keyctl(KEYCTL_GET_KEYRING_ID, THREAD_RING, 0));
    SHOW(keyctl(KEYCTL_CLEAR, key));
    SHOW(keyctl(KEYCTL_UPDATE, ring, "x", 1));
    SHOW(keyctl(KEYCTL_UPDATE, ring, 0, 0));
    SHOW(keyctl(KEYCTL_UPDATE, key, BAD, 1));
    SHOW(keyctl(KEYCTL_UPDATE, key, 0, 0));
    SHOW(keyctl(KEYCTL_UPDATE, key, big, 4096));
    SHOW(keyctl(KEYCTL_UPDATE, key, big, 4097));
    SHOW(keyctl(KEYCTL_UPDATE, 2, BAD, 4097));
    SHOW(keyctl(KEYCTL_UPDATE, 2, BAD, 1));
    SHOW(keyctl(KEYCTL_DESCRIBE, key, BAD, 1000) == -1);
    SHOW(keyctl(KEYCTL_DESCRIBE, key, BAD, 1) > 0);
    SHOW(keyctl(KEYCTL_READ, key, BAD, 5000));
    SHOW(keyctl(KEYCTL_READ, key, BAD, 1));
    SHOW(keyctl(KEYCTL_READ, ring, BAD, 4));
    SHOW(keyctl(KEYCTL_READ, ring, BAD, 3));
    SHOW(keyctl(KEYCTL_READ, 2, BAD, 3));
    SHOW(keyctl(KEYCTL_READ, -9, BAD, 3));
    SHOW(keyctl(KEYCTL_GET_SECURITY, key, BAD, 1));
    SHOW(keyctl(KEYCTL_GET_SECURITY, key, BAD, 0));
    SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, BAD));
    SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, long_name));
    SHOW(keyctl(KEYCTL_CHOWN, 2, -1, -1));
    SHOW(keyctl(KEYCTL_CHOWN, 2, 0, -1));
    SHOW(keyctl(KEYCTL_SETPERM, 2, 0x3f));
    SHOW(keyctl(KEYCTL_SETPERM, 2, 0x40));

    SHOW(keyctl(KEYCTL_LINK, 2, ring));
    SHOW(keyctl(KEYCTL_LINK, key, 2));
    SHOW(keyctl(KEYCTL_LINK, 0, 2));
    SHOW(keyctl(KEYCTL_LINK, 2, -9));
    SHOW(keyctl(KEYCTL_LINK, key, key));
    SHOW(keyctl(KEYCTL_UNLINK, 2, ring));
    SHOW(keyctl(KEYCTL_UNLINK, key, 2));
    SHOW(keyctl(KEYCTL_UNLINK, key, key));
    SHOW(keyctl(KEYCTL_UNLINK, key, ring));
    SHOW(keyctl(KEYCTL_UNLINK, 0, ring));
    SHOW(keyctl(KEYCTL_UNLINK, PROCESS_RING, ring));
    SHOW(keyctl(KEYCTL_UNLINK, ring, PROCESS_RING));
    SHOW(keyctl(KEYCTL_MOVE, key, ring, SESSION_RING, 2));
    SHOW(keyctl(KEYCTL_MOVE, 2, 0, 0, 2));
    SHOW(keyctl(KEYCTL_MOVE, 2, 0, 0, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, 2, 0, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, ring, 2, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, key, ring, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, SESSION_RING, key, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, ring, SESSION_RING, 0));
    SHOW(keyctl(KEYCTL_MOVE, key, key, key, 0));

    SHOW(keyctl(KEYCTL_SEARCH, ring, BAD, "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "", "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, ".user", "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", BAD, 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", NULL, 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", long_name, 0));
    SHOW(keyctl(KEYCTL_SEARCH, key, "user", "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, 2, "user", "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, 0, "nothing", "n", 0));
    SHOW(keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "key", 2));
    SHOW(keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "key", key));
    SHOW(keyctl(KEYCTL_SEARCH, SESSION_RING, "nothing", "key", key));
    SHOW(keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "n", 2));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, BAD, "x"));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, "user", BAD));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, key, "nothing", "x"));
    SHOW(keyctl(KEYCTL_CAPABILITIES, BAD, 1));
}

static void instantiating(void)
{
    struct iovec part = { "x", 1 };
    SHOW(keyctl(KEYCTL_INSTANTIATE, key, "x", 1, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE, key, 0, 0, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE, key, big, 1 << 20, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE_IOV, key, &part, 1, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE_IOV, key, &part, 1025, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE_IOV, key, BAD, 1, 0));
    SHOW(keyctl(KEYCTL_INSTANTIATE_IOV, key, 0, 1, 0));
    SHOW(keyctl(KEYCTL_NEGATE, key, 10, 0));
    SHOW(keyctl(KEYCTL_REJECT, key, 10, EKEYREJECTED, 0));
    SHOW(keyctl(KEYCTL_REJECT, key, 10, 0, 0));
    SHOW(keyctl(KEYCTL_REJECT, key, 10, 4095, 0));
    SHOW(keyctl(KEYCTL_REJECT, key, 10, 512, 0));
    SHOW(keyctl(KEYCTL_REJECT, key, 10, 515, 0));
    SHOW(keyctl(KEYCTL_ASSUME_AUTHORITY, 0));
    SHOW(keyctl(KEYCTL_ASSUME_AUTHORITY, -1));
    SHOW(keyctl(KEYCTL_ASSUME_AUTHORITY, key));
    SHOW(keyctl(KEYCTL_ASSUME_AUTHORITY, 2));
    for (int i = -2; i < 9; i++) {
        int result = keyctl(KEYCTL_SET_REQKEY_KEYRING, i);
        say("default %d: %d %s", i, result, result == -1 ? err_name(errno) : "");
    }
    SHOW(keyctl(KEYCTL_SET_REQKEY_KEYRING, 0));
    SHOW(keyctl(33, 0));
    SHOW(keyctl(1000, 0));
    SHOW(keyctl(-1, 0));
}

// Of a user that nothing else is done as; Linux gives room back a moment after keys are gone.
static void quotas(void)
{
    become(4712);
    sleep_ms(100);
    MUST(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
    int own = (int)MUST(add_ring("quota", SESSION_RING)), first = 0, n = 0;
    for (;; n++) {
        char name[16];
        snprintf(name, sizeof name, "q%d", n);
        int made = add_user(name, "x", own);
        if (made == -1) {
            say("full: %s", err_name(errno));
            break;
        }
        if (n == 0) { first = made; }
    }
    say("about as many as there may be %d", n > 150 && n < 200);
    SHOW(add_ring("more", own));
    SHOW(keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0));
    SHOW(keyctl(KEYCTL_UPDATE, first, "y", 1));
    MUST(keyctl(KEYCTL_CLEAR, own));
    while (add_user("room", "x", own) == -1) { sleep_ms(10); }
    SHOW(add_key("user", "large", big, 20000, own));
    while (add_key("user", "large", big, 15000, own) == -1) { sleep_ms(10); }
    SHOW(add_key("user", "larger", big, 15000, own));
    SHOW(add_key("user", "large", big, 20001, own));
    SHOW(add_key("user", "large", big, 32767, own));
    OK(add_key("user", "large", big, 14000, own));
    MUST(keyctl(KEYCTL_CLEAR, own));
}

int main(void)
{
    join_anonymous();
    key = (int)MUST(add_user("key", "data", SESSION_RING));
    ring = (int)MUST(add_ring("ring", SESSION_RING));
    MUST(add_user("inside", "x", ring));
    adding();
    requesting();
    controlling();
    hidden();
    instantiating();
    if (getuid() == 0) { CHILD("quotas", quotas()); }
    MUST(keyctl(KEYCTL_CLEAR, SESSION_RING));
    return 0;
}
