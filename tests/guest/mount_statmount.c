// SPDX-License-Identifier: Apache-2.0
// statmount(2): what it tells of a mount, and its errors.
#include "mount_query.h"

// All sizes are those of the strings, which names of directories make differ.
static void show(const char *what, struct status *s)
{
    const char *point = s->mask & MNT_POINT ? s->text + s->point : "-";
    size_t length = strlen(top);
    if (strncmp(point, top, length) == 0) { point += length; }
    say("%s: mask %llx type %s root %s point [%s] opts %s source %s", what, (long long)s->mask,
        s->mask & FS_TYPE ? s->text + s->fs_type : "-", s->mask & MNT_ROOT ? s->text + s->root : "-",
        point, s->mask & MNT_OPTS ? s->text + s->mnt_opts : "-", s->mask & SB_SOURCE ? s->text + s->source : "-");
}

static void telling(void)
{
    struct status s, t;
    begin();
    make("a");
    make("b");
    MUST(mount("the source", at("a"), "tmpfs", MS_NOSUID | MS_NODEV | MS_NOATIME, "size=64k,mode=700"));
    make("a/sub");
    make("a/sub/deep");
    MUST(mount(at("a/sub"), at("b"), NULL, MS_BIND, NULL));
    uint64_t most = SB_BASIC | MNT_BASIC | MNT_ROOT | MNT_POINT | FS_TYPE | MNT_OPTS | SB_SOURCE;
    SHOW(statmount_(id_at("a"), most, &s, sizeof s));
    show("a", &s);
    say("size %d", s.size == 512 + 1 + strlen(s.text + s.root) + strlen(s.text + s.point) + strlen(s.text + s.fs_type)
        + strlen(s.text + s.mnt_opts) + strlen(s.text + s.source) + 5);
    struct stat st;
    MUST(stat(at("a"), &st));
    say("device %d magic %llx flags %x",
        s.major == major(st.st_dev) && s.minor == minor(st.st_dev), (long long)s.magic, s.sb_flags);
    say("ids %d %d %d", s.id == id_at("a"), s.parent == id_at(""), s.id > FIRST_ID);
    say("attr %llx propagation %llx peers %llu master %llu", (long long)s.attr, (long long)s.propagation,
        (long long)s.peers, (long long)s.master);
    struct statx x;
    memset(&x, 0, sizeof x);
    MUST(syscall(SYS_statx, NO, at("a"), 0, STATX_MNT_ID, &x));
    say("old id %d, mask %x", x.stx_mnt_id == s.old_id, x.stx_mask & (STATX_MNT_ID | STATX_UNIQUE));
    MUST(syscall(SYS_statx, NO, at("a"), 0, STATX_UNIQUE, &x));
    say("unique mask %x", x.stx_mask & (STATX_MNT_ID | STATX_UNIQUE));
    MUST(syscall(SYS_statx, NO, at("a"), 0, STATX_UNIQUE | STATX_MNT_ID, &x));
    say("both mask %x %d", x.stx_mask & (STATX_MNT_ID | STATX_UNIQUE), x.stx_mnt_id == s.id);
    MUST(syscall(SYS_statx, NO, at("a"), 0, 0, &x));
    say("neither mask %x %d", x.stx_mask & (STATX_MNT_ID | STATX_UNIQUE), x.stx_mnt_id == s.old_id);
    SHOW(statmount_(id_at("b"), ~0ULL & 0x7fff & ~(uint64_t)(MNT_NS_ID | PROPAGATE_FROM), &s, sizeof s));
    say("text at 0: '%s'", s.text);
    show("b", &s);
    SHOW(statmount_(id_at("b"), MNT_BASIC, &t, sizeof t));
    say("parent %d size %u mask %llx id %d", t.parent == id_at(""), t.size, (long long)t.mask, t.id == id_at("b"));
    MUST(mount(NULL, at("b"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOEXEC | MS_NODIRATIME | MS_STRICTATIME, NULL));
    SHOW(statmount_(id_at("b"), MNT_BASIC | SB_BASIC, &t, sizeof t));
    say("attr %llx sb %x", (long long)t.attr, t.sb_flags);
    MUST(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_RDONLY | MS_SYNCHRONOUS, NULL));
    SHOW(statmount_(id_at("b"), SB_BASIC | MNT_OPTS, &t, sizeof t));
    say("sb %x opts %s", t.sb_flags, t.text + t.mnt_opts);
    // Options one by one.
    memset(&t, 0xff, sizeof t);
    SHOW(statmount_(id_at("a"), OPT_ARRAY | OPT_SEC_ARRAY | FS_SUBTYPE | SUPPORTED, &t, sizeof t));
    say("mask %llx options %u sec %u", (long long)(t.mask & ~SUPPORTED), t.opt_num, t.sec_num);
    const char *option = t.text + t.opt_array;
    for (unsigned i = 0; i < t.opt_num; i++, option += strlen(option) + 1) { say("option %s", option); }
    say("supported %d", (t.supported & 0x1fff) == 0x1fff);
    // Without options.
    MUST(mount("x", at("a"), "tmpfs", 0, NULL));
    SHOW(statmount_(id_at("a"), SB_SOURCE | FS_TYPE, &t, sizeof t));
    show("plain", &t);
    // What is unknown is not told.
    SHOW(statmount_(id_at("b"), 1ULL << 40, &t, sizeof t));
    say("mask %llx size %u", (long long)t.mask, t.size);
    SHOW(statmount_(id_at("b"), 0, &t, sizeof t));
    say("mask %llx size %u", (long long)t.mask, t.size);
    // The root of the namespace is its own parent.
    SHOW(statmount_(unique_id(NO, "/"), MNT_POINT | MNT_BASIC, &t, sizeof t));
    say("point %s", t.text + t.point);
}

static void propagation(void)
{
    struct status s;
    begin();
    make("a");
    make("b");
    make("c");
    MUST(mount("x", at("a"), "tmpfs", 0, NULL));
    MUST(mount(NULL, at("a"), NULL, MS_SHARED, NULL));
    MUST(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    MUST(mount(NULL, at("b"), NULL, MS_SLAVE, NULL));
    MUST(mount(at("b"), at("c"), NULL, MS_BIND, NULL));
    MUST(mount(NULL, at("c"), NULL, MS_SHARED, NULL));
    const char *names[] = {"", "a", "b", "c"};
    uint64_t peers = 0;
    for (int i = 0; i < 4; i++) {
        SHOW(statmount_(id_at(names[i]), MNT_BASIC | PROPAGATE_FROM, &s, sizeof s));
        peers = i == 1 ? s.peers : peers;
        say("[%s] %llx mask %llx peers %d own %d master %d from %d", names[i], (long long)s.propagation, (long long)s.mask,
            s.peers == peers, s.peers != 0, s.master == peers, s.from == peers);
    }
    MUST(mount(NULL, at("b"), NULL, MS_UNBINDABLE, NULL));
    SHOW(statmount_(id_at("b"), MNT_BASIC, &s, sizeof s));
    say("unbindable %llx", (long long)s.propagation);
    // The master is out of sight.
    MUST(chroot(at("c")));
    SHOW(statmount_(unique_id(NO, "/"), MNT_BASIC | PROPAGATE_FROM | MNT_POINT | MNT_ROOT, &s, sizeof s));
    say("%llx from %d master %d point %s root %s",
        (long long)s.mask, s.from != 0, s.master == peers, s.text + s.point, s.text + s.root);
}

static void errors(void)
{
    struct status s;
    struct request r = {32, 0, 0, 0, 0};
    begin();
    uint64_t id = id_at("");
    r.id = id;
    SHOW(query(NULL, &s, sizeof s, 0));
    SHOW(query(BAD, &s, sizeof s, 0));
    SHOW(query(&r, &s, sizeof s, 1u << 31));
    SHOW(query(&r, NULL, 512, 0));
    SHOW(query(&r, BAD, 512, 0));
    static const unsigned sizes[] = {0, 23, 24, 25, 28, 31, 32, 40, 4095};
    for (int i = 0; i < 9; i++) {
        struct request *given = calloc(1, 8192);
        *given = r;
        given->size = sizes[i];
        int result = query(given, &s, sizeof s, 0);
        say("size %u: %d %s", sizes[i], result, result ? err_name(errno) : "");
        free(given);
    }
    r.size = 4097;
    SHOW(query(&r, &s, sizeof s, 0));
    char big[64] = {0};
    struct request *longer = (struct request *)big;
    *longer = r;
    longer->size = 48;
    big[40] = 1;
    SHOW(query(longer, &s, sizeof s, 0));
    r.size = 32;
    r.id = 0;
    SHOW(query(&r, &s, sizeof s, 0));
    r.id = FIRST_ID;
    SHOW(query(&r, &s, sizeof s, 0));
    r.id = FIRST_ID + (1ULL << 40);
    SHOW(query(&r, &s, sizeof s, 0));
    r.id = ROOT_ID;
    SHOW(query(&r, &s, sizeof s, 0));
    struct statx x;
    MUST(syscall(SYS_statx, NO, top, 0, STATX_MNT_ID, &x));
    r.id = x.stx_mnt_id;
    SHOW(query(&r, &s, sizeof s, 0));
    r.id = id;
    r.fd = 999;
    SHOW(query(&r, &s, sizeof s, 0));
    r.fd = (uint32_t)MUST(open("/dev/null", O_RDONLY));
    SHOW(query(&r, &s, sizeof s, 0));
    r.fd = (uint32_t)MUST(open("/proc/self/ns/uts", O_RDONLY));
    SHOW(query(&r, &s, sizeof s, 0));
    r.fd = (uint32_t)MUST(open("/proc/self/ns/mnt", O_RDONLY));
    SHOW(query(&r, &s, sizeof s, 0));
    r.space = 1ULL << 60;
    SHOW(query(&r, &s, sizeof s, 0));
    r.fd = 0;
    SHOW(query(&r, &s, sizeof s, 0));
    // Small buffers: as much as fits without strings, and all strings or none.
    r.space = 0;
    r.param = MNT_BASIC | SB_BASIC;
    for (size_t size = 0; size <= 64; size += 16) {
        memset(&s, 0x55, sizeof s);
        int result = query(&r, &s, size, 0);
        say("%zu: %d %s, size %u, behind %02x",
            size, result, result ? err_name(errno) : "", s.size, ((unsigned char *)&s)[size]);
    }
    r.param = FS_TYPE;
    for (size_t size = 500; size < 524; size += 1) {
        memset(&s, 0x55, sizeof s);
        int result = query(&r, &s, size, 0);
        say("%zu: %d %s, %d", size, result, result ? err_name(errno) : "", result == 0 ? (int)s.fs_type : 0);
    }
}

static void others(void)
{
    struct status s;
    struct request r = {32, 0, 0, MNT_NS_ID | MNT_POINT | MNT_BASIC, 0};
    begin();
    make("a");
    MUST(mount("x", at("a"), "tmpfs", 0, NULL));
    make("a/jail");
    uint64_t a = id_at("a");
    int detached_ = detached("x");
    SHOW(statmount_(unique_id(detached_, ""), MNT_BASIC, &s, sizeof s));
    uint64_t space = 0, own = 0;
    int fd = (int)MUST(open("/proc/self/ns/mnt", O_RDONLY));
    SHOW(ioctl(fd, _IOR(0xb7, 5, uint64_t), &space));
    r.id = a;
    SHOW(query(&r, &s, sizeof s, 0));
    say("space %d", s.space == space && space != 0);
    int ends[2];
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    if (fork() == 0) {
        MUST(unshare(CLONE_NEWNS));
        int mine = (int)MUST(open("/proc/self/ns/mnt", O_RDONLY));
        MUST(ioctl(mine, _IOR(0xb7, 5, uint64_t), &own));
        say("differs %d", own != space);
        SHOW(query(&r, &s, sizeof s, 0));
        r.space = space;
        SHOW(query(&r, &s, sizeof s, 0));
        say("of the other %d %d point %d", s.space == space, s.id == a, strcmp(s.text + s.point, at("a")));
        r.space = 0;
        r.fd = (uint32_t)fd;
        SHOW(query(&r, &s, sizeof s, 0));
        MUST(unshare(CLONE_NEWUSER));
        SHOW(query(&r, &s, sizeof s, 0));
        r.fd = 0;
        r.space = space;
        SHOW(query(&r, &s, sizeof s, 0));
        r.space = own;
        r.id = id_at("a");
        SHOW(query(&r, &s, sizeof s, 0));
        _exit(0);
    }
    wait(NULL);
    // Out of sight: only for those with privileges there.
    MUST(chroot(at("a/jail")));
    r.space = 0;
    SHOW(query(&r, &s, sizeof s, 0));
    say("mask %llx [%s]", (long long)s.mask, s.mask & MNT_POINT ? "told" : "");
    MUST(unshare(CLONE_NEWNS));
    SHOW(query(&r, &s, sizeof s, 0));
}

static void unprivileged(void)
{
    struct status s;
    begin();
    make("a");
    make("jail");
    MUST(mount("x", at("a"), "tmpfs", 0, NULL));
    uint64_t a = id_at("a");
    MUST(chroot(at("jail")));
    MUST(setresuid(0, 0, 0));
    struct { uint32_t version; int pid; } header = {0x20080522, 0};
    struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
    MUST(syscall(SYS_capset, &header, none));
    SHOW(statmount_(a, MNT_BASIC, &s, sizeof s));
    MUST(statmount_(unique_id(NO, "/"), MNT_BASIC, &s, sizeof s) == -1 ? 0 : 0);
    SHOW(statmount_(unique_id(NO, "/"), MNT_BASIC, &s, sizeof s));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("telling", { telling(); });
    CHILD("propagation", { propagation(); });
    CHILD("errors", { errors(); });
    CHILD("others", { others(); });
    CHILD("unprivileged", { unprivileged(); });
    SHOW(rmdir(top));
    return 0;
}
