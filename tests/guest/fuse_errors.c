// SPDX-License-Identifier: Apache-2.0
// /dev/fuse and daemons that say what is wrong.
// @identities root
#include "fuse.h"
#include <dirent.h>

#define CLONE_DEVICE _IOR(229, 0, uint32_t)

static void show_types(void)
{
    char line[256];
    FILE *file = fopen("/proc/filesystems", "re");
    while (fgets(line, sizeof line, file)) {
        if (!strcmp(line, "nodev\tfuse\n")) { say("nodev fuse"); }
    }
    fclose(file);
    struct stat st;
    MUST(stat("/dev/fuse", &st));
    say("device %o %lx", st.st_mode & S_IFMT, (long)st.st_rdev);
}

static void show_poll(const char *what)
{
    struct pollfd ask = { .fd = device, .events = POLLIN | POLLOUT };
    int ready = poll(&ask, 1, 0);
    say("%s: poll %d %x", what, ready, ask.revents);
}

static void try_mount(const char *type, const char *options)
{
    int ok = mount("source", "m", type, 0, options);
    say("mount %s \"%s\": %s", type, options, ok == 0 ? "ok" : err_name(errno));
    if (ok == 0) { umount2("m", MNT_DETACH); }
}

static void before_mount(void)
{
    char buffer[10000] = "";
    char options[128];
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_NONBLOCK));
    show_poll("new");
    SHOW(read(device, buffer, sizeof buffer));
    SHOW(write(device, buffer, 16));
    SHOW(lseek(device, 5, SEEK_SET));
    uint32_t number = (uint32_t)device;
    SHOW(ioctl(device, CLONE_DEVICE, &number));
    SHOW(ioctl(device, 0x5401, buffer));
    try_mount("fuse", "");
    try_mount("fuse", "fd=0,rootmode=40000,user_id=0,group_id=0");
    try_mount("fuse", "fd=999,rootmode=40000,user_id=0,group_id=0");
    static const char *const wrong[] = { "rootmode=40000,user_id=0", "rootmode=0,user_id=0,group_id=0",
        "rootmode=40000,user_id=-1,group_id=0", "rootmode=99,user_id=0,group_id=0",
        "rootmode=40000,user_id=x,group_id=0", "rootmode=40000,user_id=0,group_id=0,unknown",
        "rootmode=40000,user_id=0,group_id=0,unknown=1", "rootmode=40000,user_id=0,group_id=0,allow_other=1",
        "rootmode=40000,user_id=0,group_id=0,max_read=-5" };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        snprintf(options, sizeof options, "fd=%d,%s", device, wrong[i]);
        int ok = mount("source", "m", "fuse", 0, options);
        say("%s: %s", wrong[i], ok == 0 ? "ok" : err_name(errno));
    }
    close(device);
}

static int wrong_code;

static int wrong(struct fuse_in_header *in, char *body)
{
    struct fuse_entry_out entry;
    char name[300];
    fill_entry(&entry, 1);
    if (in->opcode == FUSE_READDIR && !strncmp("x", body, 0) && wrong_code >= 20) {
        struct fuse_read_in *read = (void *)body;
        memset(name, 0, sizeof name);
        struct fuse_dirent *one = (void *)name;
        *one = (struct fuse_dirent){ .ino = 5, .off = 1, .namelen = 3, .type = 8 };
        memcpy(one->name, wrong_code == 20 ? "a/b" : "abc", 3);
        if (wrong_code == 21) { one->namelen = 0; }
        answer(in->unique, 0, name, read->offset ? 0 : 32);
        return 1;
    }
    if (in->opcode == FUSE_GETATTR && in->nodeid == 2) {
        struct fuse_attr_out attr = { .attr = nodes[2].attr };
        attr.attr.mode = S_IFDIR | 0755;
        answer(in->unique, 0, &attr, sizeof attr);
        return 1;
    }
    if (in->opcode != FUSE_LOOKUP || strcmp(body, "wrong")) { return 0; }
    switch (wrong_code) {
    case 0: entry.nodeid = 1; break;
    case 1: entry.nodeid = 9; entry.attr.mode = 0; break;
    case 2: entry.nodeid = 9; entry.attr.mode = S_IFREG; entry.attr.size = 1ULL << 63; break;
    case 3: entry.nodeid = 0; break;
    case 4: answer(in->unique, 0, &entry, sizeof entry - 1); return 1;
    case 5: answer(in->unique, 0, &entry, sizeof entry + 1); return 1;
    case 6: answer(in->unique, -EIO, &entry, 4); return 1;
    case 7: answer(in->unique, 0, NULL, 0); return 1;
    case 8: answer(in->unique, -ENOTBLK, NULL, 0); return 1;
    case 9: answer(in->unique, -511, NULL, 0); return 1;
    case 10: answer(in->unique + 2, 0, &entry, sizeof entry); answer(in->unique, -EPERM, NULL, 0); return 1;
    case 11: answer(in->unique, 5, NULL, 0); answer(in->unique, -512, NULL, 0);
        answer(in->unique, -EDOM, NULL, 0); return 1;
    default: return 0;
    }
    answer(in->unique, 0, &entry, sizeof entry);
    return 1;
}

static void wrong_answers(void)
{
    struct stat st;
    special = wrong;
    for (wrong_code = 0; wrong_code <= 11; wrong_code++) {
        pid_t daemon = begin("m", "");
        errno = 0;
        int result = stat("m/wrong", &st);
        say("wrong %d: %d %d", wrong_code, result, errno);
        umount2("m", MNT_DETACH);
        waitpid(daemon, NULL, 0);
    }
    for (wrong_code = 20; wrong_code <= 21; wrong_code++) {
        pid_t daemon = begin("m", "");
        DIR *directory = opendir("m");
        errno = 0;
        struct dirent *entry = readdir(directory);
        say("names %d: %s %s", wrong_code, entry ? entry->d_name : "none", err_name(errno));
        closedir(directory);
        umount2("m", MNT_DETACH);
        waitpid(daemon, NULL, 0);
    }
    wrong_code = 0;
    pid_t daemon = begin("m", "");
    int fd = (int)MUST(open("m/file", O_CREAT | O_RDWR, 0600));
    SHOW(fstat(fd, &st));
    close(fd);
    umount2("m", MNT_DETACH);
    waitpid(daemon, NULL, 0);
    special = NULL;
}

static void versions(void)
{
    char buffer[100000];
    struct stat st;
    struct fuse_in_header *in = (void *)buffer;
    struct fuse_init_in *init = (void *)(in + 1);
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_NONBLOCK));
    MUST(mount_at("m", "fuse", ",max_read=8192") ? -1 : 0);
    show_poll("mounted");
    SHOW(read(device, buffer, 8191));
    ssize_t got = read(device, buffer, sizeof buffer);
    say("init: opcode %u node %lu major %u, long enough %d", in->opcode, (long)in->nodeid, init->major, got >= 56);
    show_poll("read");
    SHOW(read(device, buffer, sizeof buffer));
    uint64_t unique = in->unique;
    SHOW(write(device, buffer, 15));
    struct fuse_out_header out = { .len = 17, .unique = unique };
    SHOW(write(device, &out, 16));
    out = (struct fuse_out_header){ .len = 16, .unique = unique + 400 };
    SHOW(write(device, &out, 16));
    out = (struct fuse_out_header){ .len = 16, .error = 77 };
    SHOW(write(device, &out, 16));
    uint32_t number = (uint32_t)device;
    int clone = (int)MUST(open("/dev/fuse", O_RDWR | O_NONBLOCK));
    SHOW(ioctl(clone, CLONE_DEVICE, &number));
    SHOW(ioctl(clone, CLONE_DEVICE, &number));
    number = 0;
    SHOW(ioctl(clone, CLONE_DEVICE, &number));
    // A protocol that nobody speaks.
    struct fuse_init_out answered = { .major = 8 };
    answer(unique, 0, &answered, sizeof answered);
    SHOW(stat("m", &st));
    SHOW(umount("m"));
    show_poll("over");
    SHOW(read(device, buffer, sizeof buffer));
    close(clone);
    close(device);
}

static int full(struct fuse_in_header *in, char *body)
{
    (void)body;
    if (in->opcode != FUSE_FLUSH) { return 0; }
    answer(in->unique, -ENOSPC, NULL, 0);
    return 1;
}

static void full_at_close(void)
{
    special = full;
    pid_t daemon = begin("m", "");
    int fd = (int)MUST(open("m/file", O_CREAT | O_WRONLY, 0600));
    SHOW(write(fd, "x", 1));
    int other = dup(fd);
    SHOW(close(other));
    SHOW(close(fd));
    SHOW(close(fd));
    end("m", daemon);
    special = NULL;
}

static void endings(void)
{
    struct stat st;
    pid_t daemon = begin("m", "");
    int fd = (int)MUST(open("m/file", O_CREAT | O_RDWR, 0600));
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    SHOW(stat("m", &st));
    SHOW(stat("m/file", &st));
    SHOW(write(fd, "x", 1));
    SHOW(umount("m"));
    close(fd);
    SHOW(umount("m"));
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0700));
    show_types();
    before_mount();
    wrong_answers();
    versions();
    full_at_close();
    endings();
    return 0;
}
