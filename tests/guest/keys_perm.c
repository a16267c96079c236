// SPDX-License-Identifier: Apache-2.0
// Who may do what with a key: possessor, owner, group, others; chown and setperm; what a search may see.
#include "keys.h"

static int ring;

// Tries everything with a key, says in letters what is allowed.
static const char *allowed(int key)
{
    static char out[64];
    int n = 0;
    char text[8];
    struct { char letter; int ok; } tries[] = {
        { 'v', keyctl(KEYCTL_DESCRIBE, key, 0, 0) != -1 },
        { 'r', keyctl(KEYCTL_READ, key, text, 8) != -1 },
        { 'w', keyctl(KEYCTL_UPDATE, key, "x", 1) != -1 },
        { 's', keyctl(KEYCTL_SEARCH, ring, "user", "tested", 0) == key },
        { 'l', keyctl(KEYCTL_LINK, key, THREAD_RING) != -1 },
        { 'a', keyctl(KEYCTL_SET_TIMEOUT, key, 0) != -1 },
    };
    (void)keyctl(KEYCTL_UNLINK, key, THREAD_RING);
    for (size_t i = 0; i < sizeof tries / sizeof tries[0]; i++) {
        out[n++] = tries[i].ok ? tries[i].letter : '-';
    }
    out[n] = 0;
    return out;
}

static void one_by_one(void)
{
    // A fresh key for each, as rights to set rights can be lost.
    for (int bit = 0; bit < 6; bit++) {
        for (int shift = 0; shift < 32; shift += 8) {
            int key = (int)MUST(add_user("tested", "x", ring));
            MUST(keyctl(KEYCTL_SETPERM, key, 1u << (bit + shift)));
            say("%08x: %s", 1u << (bit + shift), allowed(key));
            MUST(keyctl(KEYCTL_UNLINK, key, ring));
        }
    }
    // Possession needs the right to search.
    unsigned both[] = { 0x08000000 | 0x3f0000, 0x09000000, 0x0a000000, 0x0c000000, 0x18000000, 0x28000000,
        0x3f000000, 0x3f, 0x3f00, 0x3f0000, 0x01080000, 0x02080000, 0x37080000, 0 };
    for (size_t i = 0; i < sizeof both / sizeof both[0]; i++) {
        int key = (int)MUST(add_user("tested", "x", ring));
        MUST(keyctl(KEYCTL_SETPERM, key, both[i]));
        say("%08x: %s", both[i], allowed(key));
        SHOW(keyctl(KEYCTL_SETPERM, key, 0x3f3f0000));
        MUST(keyctl(KEYCTL_UNLINK, key, ring));
    }
}

static void through_rings(void)
{
    int outer = (int)MUST(add_ring("outer", ring)), inner = (int)MUST(add_ring("inner", outer));
    int key = (int)MUST(add_user("tested", "x", inner));
    SHOW(keyctl(KEYCTL_READ, key, 0, 0));
    MUST(keyctl(KEYCTL_SETPERM, inner, 0x37000000));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "tested", 0));
    SHOW(keyctl(KEYCTL_READ, key, 0, 0));
    SHOW(request_key("user", "tested", 0, 0));
    SHOW(keyctl(KEYCTL_SETPERM, inner, 0x3f000000));
    MUST(keyctl(KEYCTL_SETPERM, outer, 0x37000000));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "tested", 0));
    SHOW(keyctl(KEYCTL_SEARCH, outer, "user", "tested", 0));
    SHOW(keyctl(KEYCTL_UNLINK, outer, ring));

    int hidden = (int)MUST(add_user("hidden", "x", ring));
    MUST(keyctl(KEYCTL_SETPERM, hidden, 0x37370000));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "hidden", 0));
    SHOW(request_key("user", "hidden", 0, 0));
    tell_line("seen as its owner", hidden);
    int unlinkable = (int)MUST(add_user("unlinkable", "x", ring));
    MUST(keyctl(KEYCTL_SETPERM, unlinkable, 0x2f000000));
    SHOW(keyctl(KEYCTL_SEARCH, ring, "user", "unlinkable", ring));
    SHOW(request_key("user", "unlinkable", 0, ring));
    say("without a link %d", request_key("user", "unlinkable", 0, 0) == unlinkable);
    MUST(keyctl(KEYCTL_SETPERM, unlinkable, 0x3b000000));
    SHOW(add_user("unlinkable", "y", ring));
    int closed = (int)MUST(add_ring("closed", ring));
    MUST(keyctl(KEYCTL_SETPERM, closed, 0x3b000000));
    SHOW(add_user("more", "y", closed));
    SHOW(keyctl(KEYCTL_CLEAR, closed));
    SHOW(keyctl(KEYCTL_UNLINK, hidden, closed));
    SHOW(keyctl(KEYCTL_LINK, hidden, closed));
    SHOW(keyctl(KEYCTL_REVOKE, closed));
    MUST(keyctl(KEYCTL_CLEAR, ring));
}

static void owners(void)
{
    int key = (int)MUST(add_user("tested", "x", ring));
    SHOW(keyctl(KEYCTL_CHOWN, key, -1, -1));
    SHOW(keyctl(KEYCTL_CHOWN, 0, -1, -1));
    SHOW(keyctl(KEYCTL_CHOWN, key, getuid(), getgid()));
    SHOW(keyctl(KEYCTL_CHOWN, key, 4711, -1));
    SHOW(keyctl(KEYCTL_CHOWN, key, -1, 4711));
    tell_key("chowned", key);
    SHOW(keyctl(KEYCTL_SETPERM, key, 0x40000000));
    SHOW(keyctl(KEYCTL_SETPERM, key, 0x80));
    SHOW(keyctl(KEYCTL_SETPERM, key, 0x3f3f3f3f));
    say("all: %s", allowed(key));
    MUST(keyctl(KEYCTL_UNLINK, key, ring));
    if (getuid() != 0) { return; }

    // Others: what user 4711 may do with keys of root that it does not possess.
    int keys[8];
    unsigned rights[8] = { 0x3f3f003f, 0x3f3f3f00, 0x3f3f0000, 0x3f3f0001, 0x3f3f0008, 0x3f3f000b, 0x3f3f0020, 0x3f3f3f01 };
    for (int i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "other%d", i);
        keys[i] = (int)MUST(add_user(name, "x", ring));
        if (i == 1 || i == 7) { MUST(keyctl(KEYCTL_CHOWN, keys[i], -1, 4711)); }
        MUST(keyctl(KEYCTL_SETPERM, keys[i], rights[i]));
    }
    CHILD("user 4711",
        join_anonymous();
        become(4711);
        for (int i = 0; i < 8; i++) {
            say("%08x: %s", rights[i], allowed(keys[i]));
            SHOW(keyctl(KEYCTL_SETPERM, keys[i], 0x3f3f0000));
        }
        tell_line("seen", keys[3]);
        tell_line("not seen", keys[4]);
        SHOW(keyctl(KEYCTL_LINK, keys[0], SESSION_RING));
        say("possessed now: %s", allowed(keys[0])));
    CHILD("root's ring as user 4711",
        become(4711);
        tell_key("session of root", SESSION_RING);
        say("possessed: %s", allowed(keys[2]));
        int mine = add_user("mine", "x", SESSION_RING);
        tell_key("mine", mine);
        MUST(keyctl(KEYCTL_UNLINK, mine, SESSION_RING)));
    MUST(keyctl(KEYCTL_CLEAR, ring));
}

int main(void)
{
    join_anonymous();
    ring = (int)MUST(add_ring("moat ring", SESSION_RING));
    MUST(keyctl(KEYCTL_SETPERM, ring, 0x3f3f0008));
    one_by_one();
    through_rings();
    owners();
    return 0;
}
