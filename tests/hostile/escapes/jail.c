// SPDX-License-Identifier: Apache-2.0
// Linux's own container, as small as can be: jail ROOT VOLUME ro|rw UID PROGRAM [ARG...] runs a program there as the
// host's kernel does it, in namespaces, on an overlay over ROOT, and with nothing left of the host's root.
#include "../../guest/t.h"
#include <grp.h>
#include <sys/mount.h>

int main(int argc, char **argv)
{
    char at[PATH_MAX];
    uid_t uid = (uid_t)atoi(argv[4]);
    if (argc < 6) { return 99; }
    MUST(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC));
    pid_t child = (pid_t)MUST(fork());
    if (child > 0) {
        int status;
        MUST(waitpid(child, &status, 0));
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    int read_only = strcmp(argv[3], "ro") == 0;
    MUST(mount(NULL, "/", NULL, MS_PRIVATE | MS_REC, NULL));
    MUST(mount("upper", "/mnt", "tmpfs", 0, NULL));
    MUST(mkdir("/mnt/upper", 0755));
    MUST(mkdir("/mnt/work", 0755));
    MUST(mkdir("/mnt/root", 0755));
    snprintf(at, sizeof at, "userxattr,upperdir=/mnt/upper,workdir=/mnt/work,lowerdir=%s", argv[1]);
    argv[1] = "/mnt/root";
    MUST(mount("root", argv[1], "overlay", MS_NODEV, at));
    snprintf(at, sizeof at, "%s/vol", argv[1]);
    MUST(mount(argv[2], at, NULL, MS_BIND, NULL));
    MUST(mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | MS_NODEV | (read_only ? MS_RDONLY : 0), NULL));
    snprintf(at, sizeof at, "%s/tmp", argv[1]);
    MUST(mount("tmp", at, "tmpfs", 0, "mode=1777"));
    snprintf(at, sizeof at, "%s/dev", argv[1]);
    MUST(mount("/dev", at, NULL, MS_BIND, NULL));
    snprintf(at, sizeof at, "%s/proc", argv[1]);
    MUST(mount("proc", at, "proc", 0, NULL));
    MUST(chdir(argv[1]));
    MUST(syscall(SYS_pivot_root, ".", "."));
    MUST(umount2(".", MNT_DETACH));
    MUST(chdir("/"));
    if (uid != 0) {
        MUST(setgroups(0, NULL));
        MUST(setresgid(uid, uid, uid));
        MUST(setresuid(uid, uid, uid));
    }
    MUST(syscall(SYS_close_range, 3, ~0U, 0));
    execv(argv[5], argv + 5);
    return 98;
}
