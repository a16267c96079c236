// SPDX-License-Identifier: Apache-2.0
// A small FUSE daemon that speaks the protocol itself, with a tree in memory (fuse(4), linux/fuse.h).
#ifndef OWN_FUSE_H
#define OWN_FUSE_H
#include "own_tmpfs.h"
#include <linux/fuse.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

#define NODES 64
#define REQUEST (1 << 20)

struct node { int used, open; uint64_t parent, twin; char name[256]; struct fuse_attr attr; char *data;
    char xname[64], xvalue[64]; uint32_t xsize; };

static struct node nodes[NODES];
static uint64_t valid_seconds;
static char *request;
static int device = -1;

// What a test does in place of the tree: 1 when it has answered itself (or never will).
static int (*special)(struct fuse_in_header *in, char *body);

__attribute__((unused)) static void answer(uint64_t unique, int error, const void *body, size_t size)
{
    struct fuse_out_header out = { .len = sizeof out + size, .error = error, .unique = unique };
    struct iovec parts[2] = { { &out, sizeof out }, { (void *)body, size } };
    (void)!writev(device, parts, size ? 2 : 1);
}

static uint64_t find(uint64_t parent, const char *name)
{
    for (uint64_t i = 2; i < NODES; i++) {
        if (nodes[i].used && nodes[i].parent == parent && !strcmp(nodes[i].name, name)) { return i; }
    }
    return 0;
}

static struct fuse_attr *attributes(uint64_t node)
{
    return &nodes[nodes[node].twin ? nodes[node].twin : node].attr;
}

__attribute__((unused)) static void fill_entry(struct fuse_entry_out *out, uint64_t node)
{
    memset(out, 0, sizeof *out);
    out->nodeid = nodes[node].twin ? nodes[node].twin : node;
    out->entry_valid = out->attr_valid = valid_seconds;
    out->attr = *attributes(node);
}

static void answer_entry(uint64_t unique, uint64_t node)
{
    struct fuse_entry_out out;
    fill_entry(&out, node);
    answer(unique, 0, &out, sizeof out);
}

static uint64_t add_node(uint64_t parent, const char *name, uint32_t mode, uint32_t uid, uint32_t gid)
{
    for (uint64_t i = 2; i < NODES; i++) {
        if (nodes[i].used) { continue; }
        memset(&nodes[i], 0, sizeof nodes[i]);
        nodes[i].used = 1;
        nodes[i].parent = parent;
        snprintf(nodes[i].name, sizeof nodes[i].name, "%s", name);
        nodes[i].attr = (struct fuse_attr){ .ino = i + 1000, .mode = mode, .nlink = 1, .uid = uid, .gid = gid,
            .mtime = 1000000, .blksize = 4096 };
        return i;
    }
    return 0;
}

static void set_size(struct node *node, uint64_t size)
{
    node->data = realloc(node->data, size ? size : 1);
    if (size > node->attr.size) { memset(node->data + node->attr.size, 0, size - node->attr.size); }
    node->attr.size = size;
    node->attr.blocks = (size + 511) / 512;
}

static void set_attributes(struct fuse_in_header *in, struct fuse_setattr_in *set)
{
    struct fuse_attr *attr = attributes(in->nodeid);
    if (set->valid & FATTR_MODE) { attr->mode = set->mode; }
    if (set->valid & FATTR_UID) { attr->uid = set->uid; }
    if (set->valid & FATTR_GID) { attr->gid = set->gid; }
    if (set->valid & FATTR_SIZE) { set_size(&nodes[in->nodeid], set->size); }
    if (set->valid & FATTR_MTIME) { attr->mtime = set->mtime; attr->mtimensec = set->mtimensec; }
    if (set->valid & FATTR_ATIME) { attr->atime = set->atime; attr->atimensec = set->atimensec; }
    struct fuse_attr_out out = { .attr_valid = valid_seconds, .attr = *attr };
    answer(in->unique, 0, &out, sizeof out);
}

static void list(struct fuse_in_header *in, struct fuse_read_in *read)
{
    char buffer[65536];
    size_t used = 0;
    for (uint64_t i = read->offset; i < NODES; i++) {
        const char *name = i == 0 ? "." : i == 1 ? ".." : nodes[i].name;
        if (i >= 2 && !(nodes[i].used && nodes[i].parent == in->nodeid)) { continue; }
        struct fuse_dirent *entry = (struct fuse_dirent *)(buffer + used);
        size_t length = strlen(name);
        if (used + FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + length) > read->size) { break; }
        *entry = (struct fuse_dirent){ .ino = 1000 + i, .off = i + 1, .namelen = length,
            .type = i < 2 ? 4 : nodes[i].attr.mode >> 12 };
        memcpy(entry->name, name, length);
        used += FUSE_DIRENT_SIZE(entry);
    }
    answer(in->unique, 0, buffer, used);
}

static void remove_name(struct fuse_in_header *in, const char *name)
{
    uint64_t node = find(in->nodeid, name);
    if (!node) { answer(in->unique, -ENOENT, NULL, 0); return; }
    for (int i = 2; i < NODES; i++) {
        if (nodes[i].used && nodes[i].parent == node) { answer(in->unique, -ENOTEMPTY, NULL, 0); return; }
    }
    attributes(node)->nlink--;
    nodes[node].parent = 0;
    nodes[node].name[0] = 0;
    answer(in->unique, 0, NULL, 0);
}

static void rename_node(struct fuse_in_header *in, uint64_t to, uint32_t flags, const char *name)
{
    const char *next = name + strlen(name) + 1;
    uint64_t node = find(in->nodeid, name), victim = find(to, next);
    if (!node) { answer(in->unique, -ENOENT, NULL, 0); return; }
    if (victim && (flags & 1)) { answer(in->unique, -EEXIST, NULL, 0); return; }
    if (victim) { nodes[victim].parent = 0; nodes[victim].attr.nlink--; }
    nodes[node].parent = to;
    snprintf(nodes[node].name, sizeof nodes[node].name, "%s", next);
    answer(in->unique, 0, NULL, 0);
}

static void xattr(struct fuse_in_header *in, char *body)
{
    struct node *node = &nodes[in->nodeid];
    struct fuse_getxattr_in *get = (void *)body;
    const char *name = body + sizeof *get, *content = node->xvalue;
    uint32_t size = node->xsize;
    if (in->opcode == FUSE_SETXATTR) {
        // Without FUSE_SETXATTR_EXT: size, flags, name, value.
        snprintf(node->xname, sizeof node->xname, "%s", body + 8);
        node->xsize = *(uint32_t *)body;
        memcpy(node->xvalue, body + 8 + strlen(body + 8) + 1, node->xsize);
        answer(in->unique, 0, NULL, 0);
        return;
    }
    if (in->opcode == FUSE_REMOVEXATTR) {
        int known = !strcmp(node->xname, body) && node->xname[0];
        if (known) { node->xname[0] = 0; }
        answer(in->unique, known ? 0 : -ENODATA, NULL, 0);
        return;
    }
    if (in->opcode == FUSE_LISTXATTR) {
        content = node->xname;
        size = node->xname[0] ? strlen(node->xname) + 1 : 0;
    } else if (!node->xname[0] || strcmp(node->xname, name)) {
        answer(in->unique, -ENODATA, NULL, 0);
        return;
    }
    struct fuse_getxattr_out out = { .size = size };
    if (get->size == 0) { answer(in->unique, 0, &out, sizeof out); }
    else if (get->size < size) { answer(in->unique, -ERANGE, NULL, 0); }
    else { answer(in->unique, 0, content, size); }
}

static void transfer(struct fuse_in_header *in, struct fuse_read_in *at, const char *body)
{
    struct node *node = &nodes[in->nodeid];
    if (in->opcode == FUSE_READ) {
        uint64_t left = at->offset < node->attr.size ? node->attr.size - at->offset : 0;
        answer(in->unique, 0, node->data + at->offset, left < at->size ? left : at->size);
        return;
    }
    if (at->offset + at->size > node->attr.size) { set_size(node, at->offset + at->size); }
    memcpy(node->data + at->offset, body + sizeof(struct fuse_write_in), at->size);
    struct fuse_write_out out = { .size = at->size };
    answer(in->unique, 0, &out, sizeof out);
}

static void make_node(struct fuse_in_header *in, char *body)
{
    uint32_t mode = *(uint32_t *)body;
    const char *name = in->opcode == FUSE_SYMLINK ? body
        : body + (in->opcode == FUSE_MKDIR ? sizeof(struct fuse_mkdir_in) : sizeof(struct fuse_mknod_in));
    struct fuse_create_in *create = (void *)body;
    if (in->opcode == FUSE_SYMLINK) { mode = S_IFLNK | 0777; }
    if (in->opcode == FUSE_MKDIR) { mode |= S_IFDIR; }
    if (in->opcode == FUSE_CREATE) { mode = create->mode; name = body + sizeof *create; }
    uint64_t node = find(in->nodeid, name) ? 0 : add_node(in->nodeid, name, mode, in->uid, in->gid);
    if (!node) { answer(in->unique, -EEXIST, NULL, 0); return; }
    if (in->opcode == FUSE_SYMLINK) {
        const char *target = body + strlen(body) + 1;
        set_size(&nodes[node], strlen(target));
        memcpy(nodes[node].data, target, strlen(target));
    }
    if (in->opcode != FUSE_CREATE) { answer_entry(in->unique, node); return; }
    struct { struct fuse_entry_out entry; struct fuse_open_out open; } out = { .open.fh = 7 };
    fill_entry(&out.entry, node);
    answer(in->unique, 0, &out, sizeof out);
}

static void serve_one(struct fuse_in_header *in, char *body)
{
    struct fuse_init_out init = { .major = 7, .minor = 31, .max_readahead = 131072, .max_write = 65536,
        .max_background = 12, .congestion_threshold = 9, .time_gran = 1 };
    struct fuse_attr_out attr = { .attr_valid = valid_seconds };
    struct fuse_open_out opened = { .fh = 7 };
    uint64_t node;
    switch (in->opcode) {
    case FUSE_INIT: answer(in->unique, 0, &init, sizeof init); break;
    case FUSE_FORGET: case FUSE_BATCH_FORGET: case FUSE_INTERRUPT: break;
    case FUSE_LOOKUP:
        node = find(in->nodeid, body);
        if (node) { answer_entry(in->unique, node); } else { answer(in->unique, -ENOENT, NULL, 0); }
        break;
    case FUSE_GETATTR:
        attr.attr = *attributes(in->nodeid);
        answer(in->unique, 0, &attr, sizeof attr);
        break;
    case FUSE_SETATTR: set_attributes(in, (void *)body); break;
    case FUSE_READLINK: answer(in->unique, 0, nodes[in->nodeid].data, nodes[in->nodeid].attr.size); break;
    case FUSE_MKNOD: case FUSE_MKDIR: case FUSE_SYMLINK: case FUSE_CREATE: make_node(in, body); break;
    case FUSE_LINK:
        node = add_node(in->nodeid, body + 8, 0, 0, 0);
        nodes[node].twin = *(uint64_t *)body;
        attributes(node)->nlink++;
        answer_entry(in->unique, node);
        break;
    case FUSE_UNLINK: case FUSE_RMDIR: remove_name(in, body); break;
    case FUSE_RENAME: rename_node(in, *(uint64_t *)body, 0, body + 8); break;
    case FUSE_RENAME2: rename_node(in, *(uint64_t *)body, *(uint32_t *)(body + 8), body + 16); break;
    case FUSE_OPEN: case FUSE_OPENDIR: answer(in->unique, 0, &opened, sizeof opened); break;
    case FUSE_RELEASE: case FUSE_RELEASEDIR: case FUSE_FLUSH: case FUSE_FSYNC: case FUSE_FSYNCDIR:
        answer(in->unique, 0, NULL, 0);
        break;
    case FUSE_READ: case FUSE_WRITE: transfer(in, (void *)body, body); break;
    case FUSE_READDIR: list(in, (void *)body); break;
    case FUSE_SETXATTR: case FUSE_GETXATTR: case FUSE_LISTXATTR: case FUSE_REMOVEXATTR: xattr(in, body); break;
    case FUSE_STATFS: {
        struct fuse_statfs_out st = { .st = { .blocks = 1000, .bfree = 500, .bavail = 400, .files = 64,
            .ffree = 32, .bsize = 512, .namelen = 100, .frsize = 512 } };
        answer(in->unique, 0, &st, sizeof st);
        break;
    }
    default: answer(in->unique, -ENOSYS, NULL, 0); break;
    }
}

// Serves until the device says it is over: ENODEV.
static int serve(void)
{
    while (1) {
        ssize_t got = read(device, request, REQUEST);
        if (got < 0 && errno == EINTR) { continue; }
        if (got < 0) { return errno; }
        struct fuse_in_header *in = (void *)request;
        if (got < (ssize_t)sizeof *in || in->len != got) { return EPROTO; }
        request[got] = 0;
        if (!special || !special(in, request + sizeof *in)) { serve_one(in, request + sizeof *in); }
    }
}

static void start_tree(void)
{
    if (!request) { request = malloc(REQUEST + 1); }
    memset(nodes, 0, sizeof nodes);
    nodes[1].used = 1;
    nodes[1].attr = (struct fuse_attr){ .ino = 1001, .mode = S_IFDIR | 0755, .nlink = 2, .blksize = 4096 };
}

// Mounts at a directory; the result is the errno.
__attribute__((unused)) static int mount_at(const char *place, const char *type, const char *more)
{
    char options[256];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0%s", device, more);
    return mount("source", place, type, MS_NOSUID | MS_NODEV, options) == 0 ? 0 : errno;
}

// A daemon of its own process, mounted at a directory.
__attribute__((unused)) static pid_t begin(const char *place, const char *more)
{
    start_tree();
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
    int error = mount_at(place, "fuse.own", more);
    if (error) { say("mount: %s", err_name(error)); _exit(99); }
    pid_t daemon = (pid_t)MUST(fork());
    if (daemon == 0) {
        int end = serve();
        _exit(end == ENODEV ? 0 : end);
    }
    close(device);
    return daemon;
}

// Takes the mount away: the daemon learns of it and ends.
__attribute__((unused)) static void end(const char *place, pid_t daemon)
{
    int status;
    SHOW(umount(place));
    MUST(waitpid(daemon, &status, 0));
    say("daemon ends with %d", WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status));
}
#endif
