// SPDX-License-Identifier: Apache-2.0
// fsopen(2), fsconfig(2), fsmount(2), fspick(2) and the log of a context.
#include "mount_api.h"

static char *text_of(size_t length)
{
    static char text[8192];
    memset(text, 'k', length);
    text[length] = 0;
    return text;
}

static void opening(void)
{
    begin();
    SHOW(fsopen_("nosuchfs", 0));
    SHOW(fsopen_("", 0));
    SHOW(fsopen_(NULL, 0));
    SHOW(fsopen_(BAD, 0));
    SHOW(fsopen_("tmpfs", 2));
    SHOW(fsopen_("tmpfs.sub", 0));
    SHOW(fsopen_(text_of(4095), 0));
    SHOW(fsopen_(text_of(4096), 0));
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(fcntl(fd, F_GETFL) & O_ACCMODE);
    int second = (int)MUST(fsopen_("tmpfs", FSOPEN_CLOEXEC));
    SHOW(fcntl(second, F_GETFD));
    char link[64], path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t n = MUST(readlink(path, link, sizeof link - 1));
    link[n] = 0;
    say("link %s", link);
    char byte[300];
    SHOW(read(fd, byte, sizeof byte));
    SHOW(read(fd, byte, 0));
    SHOW(write(fd, "x", 1));
    SHOW(pread(fd, byte, 1, 0));
    SHOW(lseek(fd, 0, SEEK_SET));
    SHOW(ftruncate(fd, 0));
    SHOW(fchdir(fd));
    struct pollfd poll_ = {fd, POLLIN | POLLOUT, 0};
    SHOW(poll(&poll_, 1, 0));
    say("events %x", poll_.revents);
    struct rlimit limit = {(rlim_t)second + 1, (rlim_t)second + 1};
    MUST(setrlimit(RLIMIT_NOFILE, &limit));
    SHOW(fsopen_("tmpfs", 0));
    SHOW(pick(NO, top, 0));
}

static void arguments(void)
{
    begin();
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    int file = (int)MUST(open(top, O_RDONLY | O_DIRECTORY));
    int place = (int)MUST(open(top, O_PATH));
    SHOW(config(-1, FSCONFIG_SET_FLAG, "ro", NULL, 0));
    SHOW(config(999, FSCONFIG_SET_FLAG, "ro", NULL, 0));
    SHOW(config(999, 77, NULL, NULL, 0));
    SHOW(config(999, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
    SHOW(config(file, FSCONFIG_SET_FLAG, "ro", NULL, 0));
    SHOW(config(place, FSCONFIG_SET_FLAG, "ro", NULL, 0));
    SHOW(config(fd, 9, NULL, NULL, 0));
    SHOW(config(fd, FSCONFIG_SET_FLAG, NULL, NULL, 0));
    SHOW(config(fd, FSCONFIG_SET_FLAG, "ro", "x", 0));
    SHOW(config(fd, FSCONFIG_SET_FLAG, "ro", NULL, 1));
    SHOW(config(fd, FSCONFIG_SET_FLAG, BAD, NULL, 0));
    SHOW(config(fd, FSCONFIG_SET_FLAG, "", NULL, 0));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_SET_FLAG, text_of(255), NULL, 0) == -1 ? errno : 0);
    char line[400];
    ssize_t n = read(fd, line, sizeof line);
    say("long key: %zd", n);
    SHOW(config(fd, FSCONFIG_SET_FLAG, text_of(256), NULL, 0));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_SET_STRING, "size", NULL, 0));
    SHOW(config(fd, FSCONFIG_SET_STRING, NULL, "x", 0));
    SHOW(config(fd, FSCONFIG_SET_STRING, "size", "1m", 1));
    SHOW(config(fd, FSCONFIG_SET_STRING, "size", BAD, 0));
    SHOW(config(fd, FSCONFIG_SET_STRING, "size", text_of(255), 0));
    SHOW(config(fd, FSCONFIG_SET_STRING, "size", text_of(256), 0));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_SET_BINARY, "size", "1m", 0));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "size", "1m", 1024 * 1024 + 1));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "size", NULL, 2));
    SHOW(config(fd, FSCONFIG_SET_BINARY, NULL, "1m", 2));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "size", BAD, 2));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "size", "1m", 2));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "odd", "1m", 2));
    SHOW(config(fd, FSCONFIG_SET_BINARY, "source", "1m", 2));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", "/", -1));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", NULL, NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, NULL, "/", NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", "/", NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", "", NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", BAD, NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", text_of(4095), NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", text_of(4096), NO));
    SHOW(config(fd, FSCONFIG_SET_PATH, "size", "/nothing", 999));
    SHOW(config(fd, FSCONFIG_SET_PATH_EMPTY, "size", "", file));
    SHOW(config(fd, FSCONFIG_SET_PATH_EMPTY, "size", "", -1));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_SET_FD, "size", NULL, -1));
    SHOW(config(fd, FSCONFIG_SET_FD, "size", "x", file));
    SHOW(config(fd, FSCONFIG_SET_FD, NULL, NULL, file));
    SHOW(config(fd, FSCONFIG_SET_FD, "size", NULL, 999));
    SHOW(config(fd, FSCONFIG_SET_FD, "size", NULL, file));
    SHOW(config(fd, FSCONFIG_SET_FD, "size", NULL, place));
    SHOW(config(fd, FSCONFIG_SET_FD, "ro", NULL, place));
    SHOW(config(fd, FSCONFIG_SET_STRING, "rw", "yes", 0));
    show_log(fd);
    SHOW(config(fd, FSCONFIG_CMD_CREATE, "x", NULL, 0));
    SHOW(config(fd, FSCONFIG_CMD_CREATE, NULL, "x", 0));
    SHOW(config(fd, FSCONFIG_CMD_CREATE, NULL, NULL, 1));
    SHOW(config(fd, FSCONFIG_CMD_CREATE_EXCL, "x", NULL, 0));
    SHOW(config(fd, FSCONFIG_CMD_RECONFIGURE, "x", NULL, 0));
    show_log(fd);
}

static void options(void)
{
    static const char *const good[][2] = {
        {"size", "64k"}, {"size", "50%"}, {"size", "0x1000"}, {"size", "010"}, {"size", "1T"}, {"size", "0"},
        {"nr_blocks", "100"}, {"nr_blocks", "1k"}, {"nr_inodes", "100"}, {"nr_inodes", "1k"}, {"mode", "700"},
        {"mode", "17777"}, {"uid", "0"}, {"gid", "0"}, {"size", ""}, {"size", "x"}, {"size", "-1"}, {"size", "1kk"},
        {"size", "%"}, {"nr_blocks", "50%"}, {"nr_blocks", "-5"}, {"nr_inodes", "x"}, {"mode", "8"}, {"mode", ""},
        {"mode", "-1"}, {"mode", "77777777777777"}, {"uid", "x"}, {"uid", "-1"}, {"uid", "77"}, {"gid", "77"},
        {"gid", "4294967295"}, {"huge", "never"}, {"huge", "sometimes"}, {"odd", "1"}, {"source", "a"},
        {"source", "b"}, {"ro", "1"}, {"inode64", "1"}, {"", "x"},
    };
    begin();
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        int fd = (int)MUST(fsopen_("tmpfs", 0));
        say("%s=%s", good[i][0], good[i][1]);
        SHOW(set_string(fd, good[i][0], good[i][1]));
        show_log(fd);
        close(fd);
    }
    static const char *const flags[] = {"ro", "rw", "sync", "async", "dirsync", "lazytime", "nolazytime", "mand", "nomand",
        "inode64", "inode32", "noswap", "size", "mode", "source", "nosuid", "noatime", "remount", "silent", "acl"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        int fd = (int)MUST(fsopen_("tmpfs", 0));
        say("%s", flags[i]);
        SHOW(set_flag(fd, flags[i]));
        show_log(fd);
        close(fd);
    }
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    SHOW(set_string(fd, "source", "one"));
    SHOW(set_string(fd, "source", "two"));
    show_log(fd);
}

static void log_ring(void)
{
    char text[64];
    begin();
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    for (int i = 0; i < 11; i++) {
        char key[16];
        snprintf(key, sizeof key, "key%d", i);
        (void)set_flag(fd, key);
    }
    SHOW(read(fd, text, 3));
    SHOW(read(fd, text, 0));
    SHOW(read(fd, text, 33));
    SHOW(syscall(SYS_read, fd, BAD, 64));
    show_log(fd);
    show_log(fd);
    // What is well goes on after what is not.
    SHOW(create(fd));
    show_log(fd);
}

static void phases(void)
{
    begin();
    make("a");
    make("b");
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    SHOW(fsmount_(fd, 0, 0));
    SHOW(reconfigure(fd));
    SHOW(set_string(fd, "source", "the source"));
    SHOW(set_string(fd, "size", "1m"));
    SHOW(set_string(fd, "mode", "711"));
    SHOW(create(fd));
    SHOW(create(fd));
    SHOW(config(fd, FSCONFIG_CMD_CREATE_EXCL, NULL, NULL, 0));
    SHOW(reconfigure(fd));
    SHOW(set_flag(fd, "ro"));
    SHOW(fsmount_(fd, 2, 0));
    SHOW(fsmount_(fd, 0, 0x100000));
    SHOW(fsmount_(fd, 0, 0x30));
    SHOW(fsmount_(fd, 0, 0x40));
    SHOW(fsmount_(999, 0, 0));
    SHOW(fsmount_(0, 0, 0));
    int mounted = (int)MUST(fsmount_(fd, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME));
    SHOW(fcntl(mounted, F_GETFD));
    SHOW((fcntl(mounted, F_GETFL) & O_PATH) != 0);
    SHOW(fsmount_(fd, 0, 0));
    SHOW(create(fd));
    show_mount_options("a");
    SHOW(move_(mounted, "", NO, at("a"), MOVE_MOUNT_F_EMPTY_PATH));
    show_mount_options("a");
    // The same context changes what it has made.
    SHOW(set_string(fd, "size", "2m"));
    SHOW(create(fd));
    SHOW(reconfigure(fd));
    show_mount_options("a");
    SHOW(reconfigure(fd));
    SHOW(set_string(fd, "source", "other"));
    SHOW(set_string(fd, "size", "wrong"));
    SHOW(set_flag(fd, "ro"));
    SHOW(reconfigure(fd));
    show_mount_options("a");
    SHOW(open(at("a/new"), O_CREAT | O_WRONLY, 0644));
    SHOW(set_flag(fd, "rw"));
    SHOW(reconfigure(fd));
    SHOW(close(open(at("a/new"), O_CREAT | O_WRONLY, 0644)));
    show_log(fd);
    // One that nobody else has.
    fd = (int)MUST(fsopen_("tmpfs", 0));
    SHOW(config(fd, FSCONFIG_CMD_CREATE_EXCL, NULL, NULL, 0));
    mounted = (int)MUST(fsmount_(fd, 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_STRICTATIME
        | MOUNT_ATTR_NOSYMFOLLOW | MOUNT_ATTR_NODEV));
    SHOW(openat(mounted, "x", O_CREAT | O_WRONLY, 0644));
    SHOW(move_(mounted, "", NO, at("b"), MOVE_MOUNT_F_EMPTY_PATH));
    show_mount_options("b");
    fd = (int)MUST(fsopen_("mqueue", 0));
    SHOW(config(fd, FSCONFIG_CMD_CREATE_EXCL, NULL, NULL, 0));
    show_log(fd);
    SHOW(create(fd));
    SHOW(set_flag(fd, "ro"));
    SHOW(fsmount_(fd, 0, 0));
}

static void picking(void)
{
    begin();
    make("a");
    make("dir");
    mark("file");
    MUST(symlink("a", at("link")));
    MUST(mount("x", at("a"), "tmpfs", 0, "size=1m"));
    SHOW(pick(NO, at("a"), 16));
    SHOW(pick(NO, at("dir"), 0));
    SHOW(pick(NO, at("file"), 0));
    SHOW(pick(NO, at("nothing"), 0));
    SHOW(pick(NO, BAD, 0));
    SHOW(pick(NO, NULL, FSPICK_EMPTY_PATH));
    SHOW(pick(999, "a", 0));
    SHOW(pick(NO, "", 0));
    SHOW(pick(NO, at("link"), FSPICK_SYMLINK_NOFOLLOW));
    int root = (int)MUST(open(at("a"), O_PATH));
    int fd = (int)MUST(pick(root, "", FSPICK_EMPTY_PATH | FSPICK_CLOEXEC | FSPICK_NO_AUTOMOUNT));
    SHOW(fcntl(fd, F_GETFD));
    SHOW(create(fd));
    SHOW(fsmount_(fd, 0, 0));
    SHOW(set_string(fd, "size", "4k"));
    SHOW(reconfigure(fd));
    show_mount_options("a");
    int file = (int)MUST(open(at("a/data"), O_CREAT | O_RDWR, 0644));
    SHOW(write(file, text_of(5000), 5000));
    // Not smaller than what is there; not ro while open for writing.
    fd = (int)MUST(pick(NO, at("link"), 0));
    SHOW(set_string(fd, "size", "64k"));
    SHOW(reconfigure(fd));
    SHOW(pwrite(file, text_of(5000), 5000, 4096));
    SHOW(set_string(fd, "size", "4k"));
    SHOW(reconfigure(fd));
    show_log(fd);
    SHOW(reconfigure(fd));
    SHOW(set_string(fd, "size", "64k"));
    fd = (int)MUST(pick(NO, at("link"), 0));
    SHOW(set_flag(fd, "ro"));
    SHOW(reconfigure(fd));
    SHOW(set_flag(fd, "ro"));
    close(file);
    fd = (int)MUST(pick(NO, at("link"), 0));
    SHOW(set_flag(fd, "ro"));
    SHOW(set_flag(fd, "sync"));
    SHOW(set_flag(fd, "lazytime"));
    SHOW(reconfigure(fd));
    show_mount_options("a");
    fd = (int)MUST(pick(NO, at("link"), 0));
    SHOW(set_flag(fd, "rw"));
    SHOW(set_string(fd, "nr_inodes", "5"));
    SHOW(set_string(fd, "mode", "111"));
    SHOW(reconfigure(fd));
    struct stat st;
    MUST(stat(at("a"), &st));
    say("mode %o", st.st_mode);
    int made = 0;
    for (int i = 0; i < 8; i++) {
        char name[16];
        snprintf(name, sizeof name, "a/f%d", i);
        int one = open(at(name), O_CREAT | O_WRONLY, 0644);
        if (one < 0) { say("after %d: %s", made, err_name(errno)); break; }
        close(one);
        made++;
    }
    SHOW(set_string(fd, "nr_inodes", "2"));
    SHOW(reconfigure(fd));
    show_log(fd);
    MUST(mount("y", at("dir"), "tmpfs", 0, "size=0,nr_inodes=0"));
    fd = (int)MUST(pick(NO, at("dir"), 0));
    SHOW(set_string(fd, "size", "1m"));
    SHOW(reconfigure(fd));
    show_log(fd);
    fd = (int)MUST(pick(NO, at("dir"), 0));
    SHOW(set_string(fd, "nr_inodes", "100"));
    SHOW(reconfigure(fd));
    show_log(fd);
    // Somebody else's file system.
    fd = (int)MUST(pick(NO, "/proc", 0));
    SHOW(set_string(fd, "hidepid", "2"));
    SHOW(reconfigure(fd));
    fd = (int)MUST(pick(NO, "/proc", 0));
    SHOW(set_string(fd, "odd", "2"));
    show_log(fd);
}

static void unprivileged(void)
{
    begin();
    int fd = (int)MUST(fsopen_("tmpfs", 0));
    int ready = (int)MUST(fsopen_("tmpfs", 0));
    int picked = (int)MUST(pick(NO, top, 0));
    MUST(create(ready));
    MUST(unshare(CLONE_NEWUSER));
    // A user namespace of its own, in the mount namespace of the other one.
    SHOW(fsopen_("tmpfs", 0));
    SHOW(fsopen_(BAD, 99));
    SHOW(pick(NO, top, 0));
    SHOW(fsmount_(ready, 0, 0));
    SHOW(fsmount_(ready, 99, 0));
    SHOW(set_string(fd, "size", "1m"));
    SHOW(create(fd));
    SHOW(create(fd));
    SHOW(set_flag(picked, "ro"));
    SHOW(reconfigure(picked));
    SHOW(reconfigure(picked));
    MUST(unshare(CLONE_NEWNS));
    SHOW(close(fsopen_("tmpfs", 0)));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("opening", { opening(); });
    CHILD("arguments", { arguments(); });
    CHILD("options", { options(); });
    CHILD("log", { log_ring(); });
    CHILD("phases", { phases(); });
    CHILD("picking", { picking(); });
    CHILD("unprivileged", { unprivileged(); });
    SHOW(rmdir(top));
    return 0;
}
