// SPDX-License-Identifier: Apache-2.0
// Who may use a FUSE mount, and mounts of user namespaces.
// @identities root
#include "fuse.h"
#include <grp.h>

static void become(uid_t uid)
{
    MUST(setgroups(0, NULL));
    MUST(setresgid(uid, uid, uid));
    MUST(setresuid(uid, uid, uid));
}

static void look(const char *who)
{
    struct stat st;
    struct statfs fs;
    char value[8];
    say("-- %s", who);
    SHOW(stat("m", &st));
    SHOW(stat("m/open", &st));
    SHOW(access("m/open", R_OK));
    SHOW(open("m/open", O_RDONLY) >= 0 ? 0 : -1);
    SHOW(open("m/secret", O_RDONLY) >= 0 ? 0 : -1);
    SHOW(chmod("m/open", 0644));
    SHOW(chown("m/open", 0, 7));
    SHOW(utimensat(AT_FDCWD, "m/open", (struct timespec[2]){ { 5, 0 }, { 6, 0 } }, 0));
    SHOW(chdir("m"));
    SHOW(chdir("/tmp"));
    SHOW(getxattr("m", "user.x", value, sizeof value));
    SHOW(statfs("m", &fs));
    say("type %lx blocks %ld", (long)fs.f_type, (long)fs.f_blocks);
}

static void with(const char *more)
{
    say("== \"%s\"", more);
    valid_seconds = 0;
    pid_t daemon = begin("m", more);
    close((int)MUST(open("m/open", O_CREAT | O_WRONLY, 0644)));
    close((int)MUST(open("m/secret", O_CREAT | O_WRONLY, 0600)));
    close((int)MUST(open("m/script", O_CREAT | O_WRONLY, 0600)));
    CHILD("root", look("root"));
    CHILD("other", become(12345); look("other"));
    CHILD("group", MUST(setresgid(5, 5, 5)); look("group"));
    CHILD("exec", execl("m/script", "script", NULL); say("exec: %s", err_name(errno)));
    end("m", daemon);
}

static void bare_options(void)
{
    char line[4096];
    FILE *file = fopen("/proc/self/mounts", "re");
    while (fgets(line, sizeof line, file)) {
        if (strstr(line, " fuse")) { line[strcspn(line, "\n")] = 0; say("%s", line); }
    }
    fclose(file);
}

static void in_namespace(void)
{
    start_tree();
    int outer = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
    own_users();
    device = outer;
    say("device of outside: %s", err_name(mount_at("n", "fuse", "")));
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
    char options[128];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=5,group_id=0", device);
    SHOW(mount("source", "n", "fuse", 0, options));
    int error = mount_at("n", "fuse.sub-type", "");
    say("device of inside: %s", err_name(error));
    if (error) { return; }
    pid_t daemon = (pid_t)MUST(fork());
    if (daemon == 0) { _exit(serve() == ENODEV ? 0 : 1); }
    close(device);
    bare_options();
    struct stat st;
    close((int)MUST(open("n/file", O_CREAT | O_WRONLY, 0644)));
    MUST(stat("n/file", &st));
    say("owner %u:%u", st.st_uid, st.st_gid);
    SHOW(mknod("n/null", S_IFCHR | 0666, makedev(1, 3)));
    SHOW(umount("n"));
    MUST(waitpid(daemon, NULL, 0));
}

static int give_device(struct fuse_in_header *in, char *body)
{
    if (in->opcode != FUSE_LOOKUP || strcmp(body, "null")) { return 0; }
    struct fuse_entry_out out;
    fill_entry(&out, 1);
    out.nodeid = 60;
    out.attr_valid = 1000;
    out.attr.mode = S_IFCHR | 0666;
    out.attr.rdev = (1 << 8) | 3;
    answer(in->unique, 0, &out, sizeof out);
    return 1;
}

static void devices(int inside)
{
    if (inside) { own_users(); }
    start_tree();
    special = give_device;
    device = (int)MUST(open("/dev/fuse", O_RDWR | O_CLOEXEC));
    char options[128];
    snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", device);
    MUST(mount("source", "n", "fuse", 0, options));
    pid_t daemon = (pid_t)MUST(fork());
    if (daemon == 0) { _exit(serve() == ENODEV ? 0 : 1); }
    close(device);
    struct stat st;
    MUST(stat("n/null", &st));
    say("null is %o %lx", st.st_mode, (long)st.st_rdev);
    int fd = open("n/null", O_RDWR);
    say("open: %s", fd >= 0 ? "ok" : err_name(errno));
    close(fd);
    umount2("n", MNT_DETACH);
    waitpid(daemon, NULL, 0);
    _exit(0);
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0755));
    MUST(mkdir("n", 0755));
    with("");
    with(",allow_other");
    with(",allow_other,default_permissions");
    CHILD("namespace", in_namespace());
    CHILD("devices outside", devices(0));
    CHILD("devices inside", devices(1));
    return 0;
}
