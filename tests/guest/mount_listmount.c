// SPDX-License-Identifier: Apache-2.0
// listmount(2): the mounts below a mount, in the order of their ids, piece by piece.
#include "mount_query.h"

enum { MOST = 64 };

static uint64_t known[16];
static const char *const names[] = {"", "a", "a/in", "b", "b/x", "a/in/deep"};

static const char *name_of(uint64_t id)
{
    for (int i = 0; i < 6; i++) {
        if (known[i] == id) { return *names[i] ? names[i] : "top"; }
    }
    return "other";
}

static void show(const char *what, uint64_t of, uint64_t last, size_t count, unsigned flags)
{
    uint64_t ids[MOST];
    char line[512] = "";
    long n = listmount_(of, last, ids, count, flags);
    if (n < 0) { say("%s: %s", what, err_name(errno)); return; }
    for (long i = 0; i < n; i++) { strcat(strcat(line, " "), name_of(ids[i])); }
    say("%s: %ld%s", what, n, line);
}

static void build(void)
{
    begin();
    make("a");
    make("b");
    MUST(mount("a", at("a"), "tmpfs", 0, NULL));
    MUST(mount("b", at("b"), "tmpfs", 0, NULL));
    make("a/in");
    make("b/x");
    MUST(mount("in", at("a/in"), "tmpfs", 0, NULL));
    MUST(mount("x", at("b/x"), "tmpfs", 0, NULL));
    make("a/in/deep");
    MUST(mount("deep", at("a/in/deep"), "tmpfs", 0, NULL));
    for (int i = 0; i < 6; i++) { known[i] = id_at(names[i]); }
}

static void listing(void)
{
    build();
    show("all of top", known[0], 0, MOST, 0);
    show("reverse", known[0], 0, MOST, 1);
    show("all of a", known[1], 0, MOST, 0);
    show("all of deep", known[5], 0, MOST, 0);
    show("two", known[0], 0, 2, 0);
    show("two more", known[0], known[3], 2, 0);
    show("after the last", known[0], known[5], 2, 0);
    show("after one of another tree", known[3], known[2], 2, 0);
    show("reverse two", known[0], 0, 2, 1);
    show("reverse more", known[0], known[4], 2, 1);
    show("reverse after the first", known[0], known[1], 2, 1);
    show("none", known[0], 0, 0, 0);
    // From the caller's root: everything, itself too.
    uint64_t ids[4096];
    long all = MUST(listmount_(ROOT_ID, 0, ids, 4096, 0));
    int sorted = 1, found = 0, root = 0;
    for (long i = 0; i < all; i++) {
        sorted &= i == 0 || ids[i - 1] < ids[i];
        found += strcmp(name_of(ids[i]), "other") != 0;
        root += ids[i] == unique_id(NO, "/");
    }
    say("sorted %d found %d root %d", sorted, found, root);
    uint64_t back[4096];
    long same = MUST(listmount_(ROOT_ID, 0, back, 4096, 1));
    say("reverse %d %d", same == all, back[0] == ids[all - 1] && back[all - 1] == ids[0]);
    // One by one.
    uint64_t last = 0;
    long count = 0;
    while (listmount_(ROOT_ID, last, &last, 1, 0) == 1) { count++; }
    say("one by one %d", count == all);
    // Without what lies outside.
    MUST(chroot(at("a")));
    show("below a's root", ROOT_ID, 0, MOST, 0);
    show("of top", known[0], 0, MOST, 0);
    show("of a", known[1], 0, MOST, 0);
    show("of in", known[2], 0, MOST, 0);
    MUST(chroot("/in/deep"));
    show("below deep", ROOT_ID, 0, MOST, 0);
}

static void errors(void)
{
    uint64_t ids[MOST];
    struct request r = {32, 0, 0, 0, 0};
    build();
    r.id = known[0];
    SHOW(syscall(458, NULL, ids, 4, 0));
    SHOW(syscall(458, BAD, ids, 4, 0));
    SHOW(syscall(458, &r, NULL, 4, 0));
    SHOW(syscall(458, &r, BAD, 4, 0));
    SHOW(syscall(458, &r, (void *)(1ULL << 63), 4, 0));
    SHOW(syscall(458, &r, BAD, 0, 0));
    SHOW(syscall(458, &r, ids, 4, 2));
    SHOW(syscall(458, &r, ids, 1000001, 0));
    SHOW(syscall(458, &r, ids, ~0UL, 0));
    static const unsigned sizes[] = {0, 23, 24, 32};
    for (int i = 0; i < 4; i++) {
        r.size = sizes[i];
        long n = syscall(458, &r, ids, 4, 0);
        say("size %u: %ld %s", sizes[i], n, n < 0 ? err_name(errno) : "");
    }
    r.size = 5000;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.size = 32;
    r.id = 0;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.id = FIRST_ID;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.id = FIRST_ID + (1ULL << 40);
    SHOW(syscall(458, &r, ids, 4, 0));
    r.id = known[0];
    r.param = 1;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.param = FIRST_ID;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.param = FIRST_ID + (1ULL << 40);
    SHOW(syscall(458, &r, ids, 4, 0));
    SHOW(syscall(458, &r, ids, 4, 1));
    r.param = 0;
    r.fd = 999;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.fd = (uint32_t)MUST(open("/proc/self/ns/mnt", O_RDONLY));
    SHOW(syscall(458, &r, ids, 4, 0));
    r.space = 1ULL << 60;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.fd = 0;
    SHOW(syscall(458, &r, ids, 4, 0));
    r.space = 0;
    r.id = unique_id(detached("x"), "");
    SHOW(syscall(458, &r, ids, 4, 0));
}

static void others(void)
{
    uint64_t ids[MOST], space = 0;
    struct request r = {32, 0, 0, 0, 0};
    build();
    int fd = (int)MUST(open("/proc/self/ns/mnt", O_RDONLY));
    MUST(ioctl(fd, _IOR(0xb7, 5, uint64_t), &space));
    MUST(unshare(CLONE_NEWNS));
    r.id = known[0];
    SHOW(syscall(458, &r, ids, MOST, 0));
    r.space = space;
    SHOW(syscall(458, &r, ids, MOST, 0));
    r.id = ROOT_ID;
    long n = syscall(458, &r, ids, MOST, 0);
    int found = 0;
    for (long i = 0; i < n; i++) { found += strcmp(name_of(ids[i]), "other") != 0; }
    say("found %d", found);
    MUST(unshare(CLONE_NEWUSER));
    SHOW(syscall(458, &r, ids, MOST, 0));
    r.id = known[0];
    SHOW(syscall(458, &r, ids, MOST, 0));
    r.space = 0;
    r.fd = (uint32_t)fd;
    SHOW(syscall(458, &r, ids, MOST, 0));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("listing", { listing(); });
    CHILD("errors", { errors(); });
    CHILD("others", { others(); });
    SHOW(rmdir(top));
    return 0;
}
