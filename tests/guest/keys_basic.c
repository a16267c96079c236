// SPDX-License-Identifier: Apache-2.0
// Keys and keyrings: adding, updating, reading, linking, searching, moving, time limits, restrictions.
#include "keys.h"

static void payloads(void)
{
    int key = (int)MUST(add_user("one", "first", SESSION_RING));
    tell_key("user", key);
    tell_data("user", key);
    tell_line("user", key);
    char small[8] = "#######";
    SHOW(keyctl(KEYCTL_READ, key, small, 3));
    say("small %s", small);
    SHOW(keyctl(KEYCTL_READ, key, 0, 0));
    SHOW(keyctl(KEYCTL_READ, key, small, 5));
    say("small %s", small);
    say("same %d", add_user("one", "second time", SESSION_RING) == key);
    tell_data("added again", key);
    SHOW(keyctl(KEYCTL_UPDATE, key, "third", 5));
    tell_data("updated", key);
    char text[64] = "################################################";
    int n = keyctl(KEYCTL_DESCRIBE, key, 0, 0);
    say("whole %d", n == keyctl(KEYCTL_DESCRIBE, key, text, n - 1) && text[0] == '#');
    SHOW(keyctl(KEYCTL_DESCRIBE, key, text, 63) == n && text[n - 1] == 0);
    int logon = (int)MUST(add_key("logon", "moat:secret", "hidden", 6, SESSION_RING));
    tell_key("logon", logon);
    tell_line("logon", logon);
    tell_data("logon", logon);
    SHOW(keyctl(KEYCTL_UPDATE, logon, "changed", 7));
    char label[4] = "###";
    SHOW(keyctl(KEYCTL_GET_SECURITY, key, label, 3));
    say("label '%s'", label);
    SHOW(keyctl(KEYCTL_GET_SECURITY, key, 0, 0));
    MUST(keyctl(KEYCTL_UNLINK, logon, SESSION_RING));
}

static void rings(void)
{
    int ring = (int)MUST(add_ring("ring", SESSION_RING));
    tell_key("ring", ring);
    tell_line("ring", ring);
    SHOW(ring_count(ring));
    int a = (int)MUST(add_user("a", "A", ring)), b = (int)MUST(add_user("b", "B", ring));
    tell_line("ring of two", ring);
    SHOW(ring_count(ring));
    say("has %d %d", ring_has(ring, a), ring_has(ring, b));
    int ids[2] = { 7, 7 };
    SHOW(keyctl(KEYCTL_READ, ring, ids, 4));
    say("untouched %d", ids[0] == 7 && ids[1] == 7);
    SHOW(keyctl(KEYCTL_READ, ring, ids, 6));
    int other = (int)MUST(add_ring("other", SESSION_RING));
    SHOW(keyctl(KEYCTL_LINK, a, other));
    SHOW(keyctl(KEYCTL_LINK, a, other));
    SHOW(ring_count(other));
    int second = (int)MUST(add_user("a", "second A", other));
    say("updated the linked one %d", second == a);
    tell_data("a", a);

    say("found %d", keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "b", 0) == b);
    say("and linked %d", keyctl(KEYCTL_SEARCH, ring, "user", "b", other) == b);
    say("has %d", ring_has(other, b));
    say("the ring itself %d", keyctl(KEYCTL_SEARCH, ring, "keyring", "ring", 0) == ring);
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "c", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "logon", "b", 0));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "nothing", "b", 0));
    say("requested %d", request_key("user", "b", 0, 0) == b);
    MUST(keyctl(KEYCTL_UNLINK, b, other));
    say("and linked %d", request_key("user", "b", 0, other) == b && ring_has(other, b));
    SHOW(request_key("user", "c", 0, 0));

    SHOW(keyctl(KEYCTL_UNLINK, b, other));
    SHOW(keyctl(KEYCTL_UNLINK, b, other));
    SHOW(keyctl(KEYCTL_MOVE, b, ring, other, 0));
    say("moved %d %d", ring_has(ring, b), ring_has(other, b));
    SHOW(keyctl(KEYCTL_MOVE, b, ring, other, 0));
    int twin = (int)MUST(add_user("b", "twin", ring));
    SHOW(keyctl(KEYCTL_MOVE, twin, ring, other, KEYCTL_MOVE_EXCL));
    SHOW(keyctl(KEYCTL_MOVE, twin, ring, other, 0));
    say("displaced %d %d", ring_has(other, b), ring_has(other, twin));
    say("gone %d", keyctl(KEYCTL_READ, b, 0, 0) == -1);
    SHOW(keyctl(KEYCTL_MOVE, twin, other, other, 0));
    SHOW(keyctl(KEYCTL_MOVE, twin, ring, ring, KEYCTL_MOVE_EXCL));

    // A key of the same name in another ring.
    int one = (int)MUST(add_user("same", "1", ring)), two = (int)MUST(add_user("same", "2", other));
    SHOW(keyctl(KEYCTL_MOVE, one, other, ring, KEYCTL_MOVE_EXCL));
    SHOW(keyctl(KEYCTL_UNLINK, one, other));
    say("there %d %d", ring_has(ring, one), ring_has(other, two));

    int again = (int)MUST(add_ring("ring", SESSION_RING));
    say("a new ring in its place %d", again != ring);
    say("the old ring %d", keyctl(KEYCTL_READ, ring, 0, 0) == -1);
    tell_data("what was only there", a);
    SHOW(keyctl(KEYCTL_CLEAR, other));
    SHOW(ring_count(other));
    say("gone %d", keyctl(KEYCTL_READ, a, 0, 0) == -1);
    SHOW(keyctl(KEYCTL_CLEAR, SESSION_RING));
    SHOW(ring_count(SESSION_RING));
}

static void ends(void)
{
    int ring = (int)MUST(add_ring("ring", SESSION_RING));
    int key = (int)MUST(add_user("revoked", "x", ring));
    SHOW(keyctl(KEYCTL_REVOKE, key));
    tell_data("revoked", key);
    tell_key("revoked", key);
    tell_line("revoked", key);
    SHOW(keyctl(KEYCTL_REVOKE, key));
    SHOW(keyctl(KEYCTL_UPDATE, key, "y", 1));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "revoked", 0));
    SHOW(request_key("user", "revoked", 0, 0));
    int next = (int)MUST(add_user("revoked", "new", ring));
    say("replaced %d", next != key);
    say("listed %d %d", ring_has(ring, next), ring_has(ring, key));

    key = (int)MUST(add_user("invalidated", "x", ring));
    SHOW(keyctl(KEYCTL_INVALIDATE, key));
    say("invalidated %d %d", keyctl(KEYCTL_READ, key, 0, 0), keyctl(KEYCTL_INVALIDATE, key));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "invalidated", 0) == -1);

    key = (int)MUST(add_user("short", "x", ring));
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, key, 1000));
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, key, 0));
    tell_line("no limit", key);
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, key, 100 * 86400));
    tell_line("weeks", key);
    SHOW(keyctl(KEYCTL_UPDATE, key, "z", 1));
    tell_line("updated", key);
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, key, 1));
    sleep_ms(2100);
    tell_data("expired", key);
    tell_key("expired", key);
    tell_line("expired", key);
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "short", 0));
    SHOW(request_key("user", "short", 0, 0));
    SHOW(keyctl(KEYCTL_SET_TIMEOUT, key, 0));
    say("updates it %d", add_user("short", "y", ring) == key);
    tell_data("expired and updated", key);

    int dead = (int)MUST(add_ring("dead", ring));
    int kept = (int)MUST(add_user("kept", "x", dead));
    SHOW(keyctl(KEYCTL_REVOKE, dead));
    SHOW(add_user("late", "x", dead));
    SHOW(ring_count(dead));
    say("in a revoked ring %d", keyctl(KEYCTL_READ, kept, 0, 0));
    SHOW(keyctl(KEYCTL_LINK, ring, dead));
    SHOW(keyctl(KEYCTL_UNLINK, dead, ring));
}

static void restrictions(void)
{
    int ring = (int)MUST(add_ring("closed", SESSION_RING));
    int inside = (int)MUST(add_user("inside", "x", ring)), outside = (int)MUST(add_user("outside", "x", SESSION_RING));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, 0, "some"));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, "user", 0));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, "user", "some"));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, "nothing", "some"));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, inside, 0, 0));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, 0, 0));
    SHOW(keyctl(KEYCTL_RESTRICT_KEYRING, ring, 0, 0));
    SHOW(add_user("more", "x", ring));
    SHOW(add_user("inside", "y", ring));
    SHOW(keyctl(KEYCTL_LINK, outside, ring));
    SHOW(keyctl(KEYCTL_MOVE, outside, SESSION_RING, ring, 0));
    SHOW(keyctl(KEYCTL_UPDATE, inside, "y", 1));
    SHOW(keyctl(KEYCTL_UNLINK, inside, ring));
}

static void nesting(void)
{
    int top = (int)MUST(add_ring("top", SESSION_RING)), inner = (int)MUST(add_ring("inner", top));
    SHOW(keyctl(KEYCTL_LINK, top, top));
    SHOW(keyctl(KEYCTL_LINK, top, inner));
    SHOW(keyctl(KEYCTL_LINK, SESSION_RING, inner));
    // A chain made from its top: what lies too deep is not possessed.
    int rings[12], above = SESSION_RING, depth = 0;
    for (; depth < 12; depth++) {
        char name[16];
        snprintf(name, sizeof name, "deep%d", depth);
        rings[depth] = add_ring(name, above);
        if (rings[depth] == -1) {
            say("at %d: %s", depth, err_name(errno));
            break;
        }
        above = rings[depth];
    }
    SHOW(add_user("bottom", "x", above));
    for (int i = 0; i < depth; i++) {
        int own = (int)MUST(add_ring("own", SESSION_RING));
        say("%d: %s", i, keyctl(KEYCTL_LINK, rings[i], own) == 0 ? "ok" : err_name(errno));
    }
    // And one made from its bottom, whose owner need not possess it.
    int below = (int)MUST(add_user("bottom", "x", SESSION_RING));
    for (int i = 0; i < 12; i++) {
        char name[16];
        snprintf(name, sizeof name, "rise%d", i);
        rings[i] = (int)MUST(add_ring(name, SESSION_RING));
        MUST(keyctl(KEYCTL_SETPERM, rings[i], 0x3f3f0000));
        int result = keyctl(KEYCTL_LINK, below, rings[i]);
        say("rise %d: %s", i, result == 0 ? "ok" : err_name(errno));
        say("found %d",
            keyctl(KEYCTL_SEARCH, rings[i], "user", "bottom", 0) != -1);
        below = rings[i];
        if (result == -1) {
            SHOW(keyctl(KEYCTL_LINK, rings[0], rings[i]));
            SHOW(keyctl(KEYCTL_LINK, rings[i], rings[0]));
            break;
        }
    }
}

static void requests(void)
{
    // No /sbin/request-key: a negative key stays for a while.
    int ring = (int)MUST(add_ring("requests", SESSION_RING));
    SHOW(request_key("user", "wanted", "info", ring));
    SHOW(ring_count(ring));
    SHOW(request_key("user", "wanted", "info", ring));
    SHOW(request_key("user", "wanted", 0, 0));
    int key = 0;
    MUST(keyctl(KEYCTL_READ, ring, &key, 4));
    tell_key("negative", key);
    tell_data("negative", key);
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "wanted", 0));
    SHOW(keyctl(KEYCTL_LINK, key, SESSION_RING));
    SHOW(keyctl(KEYCTL_UPDATE, key, "x", 1));
    say("becomes positive %d", add_user("wanted", "x", ring) == key);
    tell_key("positive", key);
    SHOW(request_key("user", "elsewhere", "", 0));
    SHOW(keyctl(KEYCTL_SEARCH, SESSION_RING, "user", "elsewhere", 0));
    SHOW(request_key("keyring", "elsewhere", "info", 0));
    SHOW(request_key("logon", "bad", "info", 0));
}

int main(void)
{
    join_anonymous();
    tell_key("session", SESSION_RING);
    tell_line("session", keyctl(KEYCTL_GET_KEYRING_ID, SESSION_RING, 0));
    payloads();
    rings();
    ends();
    restrictions();
    nesting();
    requests();
    unsigned char caps[4] = { 9, 9, 9, 9 };
    SHOW(keyctl(KEYCTL_CAPABILITIES, caps, 4));
    say("caps %x %x %x %x", caps[0] & 0xe1, caps[1] & 3, caps[2], caps[3]);
    caps[1] = 9;
    SHOW(keyctl(KEYCTL_CAPABILITIES, caps, 1));
    say("caps %x %x", caps[0] & 0xe1, caps[1]);
    SHOW(keyctl(KEYCTL_CAPABILITIES, 0, 0));
    return 0;
}
