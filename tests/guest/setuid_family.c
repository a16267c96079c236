// SPDX-License-Identifier: Apache-2.0
// setuid(2), setreuid, setresuid, the gid forms, setgroups, setfsuid, capget and capset: as root and as an
// ordinary user.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <grp.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

static void ids(void)
{
    uid_t r, e, s;
    gid_t rg, eg, sg;
    MUST(getresuid(&r, &e, &s));
    MUST(getresgid(&rg, &eg, &sg));
    say("  uid %d %d %d gid %d %d %d", r, e, s, rg, eg, sg);
}

static void capabilities(const char *what)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { 0 } };
    long result = syscall(SYS_capget, &header, data);
    // SYS_RESOURCE may be missing in the environment of the tests: look at a few others only.
    unsigned mask =
        1 << CAP_CHOWN | 1 << CAP_SETUID | 1 << CAP_SETGID | 1 << CAP_KILL | 1 << CAP_DAC_OVERRIDE;
    say("%s: %ld effective %x permitted %x inheritable %x", what, result, data[0].effective & mask,
        data[0].permitted & mask, data[0].inheritable & mask);
}

int main(void)
{
    ids();
    capabilities("at first");
    CHILD("setuid", SHOW(setuid(1234)); ids(); capabilities("after"); SHOW(setuid(0)); ids(); SHOW(setgid(0));
          ids());
    CHILD("setgid", SHOW(setgid(1234)); ids(); SHOW(setgid(0)); ids());
    CHILD("seteuid", SHOW(seteuid(1234)); ids(); capabilities("after"); SHOW(setuid(77)); SHOW(seteuid(0));
          ids(); capabilities("back"));
    CHILD("setreuid", SHOW(setreuid(-1, 1234)); ids(); SHOW(setreuid(1234, 0)); ids(); SHOW(setreuid(5, 6));
          ids());
    CHILD("setregid", SHOW(setregid(1, 2)); ids(); SHOW(setregid(-1, 1)); ids());
    CHILD("setresuid", SHOW(setresuid(1, 2, 3)); ids(); SHOW(setresuid(2, 3, 1)); ids();
          SHOW(setresuid(4, -1, -1)); SHOW(setresuid(-1, -1, -1)); ids());
    CHILD("setresgid", SHOW(setresgid(1, 2, 3)); ids(); SHOW(setresgid(-1, 5, -1)); ids());
    CHILD("keepcaps", prctl(PR_SET_KEEPCAPS, 1); SHOW(setresuid(1, 1, 1)); capabilities("kept"));
    CHILD("invalid", SHOW(setuid(-1)); SHOW(setgid(-1)); SHOW(setresuid(-1, -1, -1));
          SHOW(syscall(SYS_getresuid, BAD, BAD, BAD)));
    CHILD("setgroups", {
        gid_t groups[] = { 5, 6, 7 };
        gid_t got[10] = { 0 };
        SHOW(getgroups(0, NULL) >= 0);
        SHOW(setgroups(3, groups));
        long n = SHOW(getgroups(10, got) >= 0 ? 0 : -1);
        n = getgroups(10, got);
        if (geteuid() == 0) {
            for (int i = 0; i < n; i++) { say("  group %d", got[i]); }
            SHOW(getgroups(1, got));
            SHOW(getgroups(-1, got));
        }
        SHOW(syscall(SYS_setgroups, 70000, groups));
        SHOW(syscall(SYS_setgroups, 3, BAD));
        SHOW(setgroups(0, NULL));
        SHOW(getgroups(0, NULL) >= 0);
    });
    CHILD("setfsuid", say("%d", setfsuid(55)); say("%d", setfsuid(-1)); say("%d", setfsgid(66));
          say("%d", setfsgid(-1)));
    CHILD("file owner follows the euid", {
        umask(0);
        if (setegid(1234) == 0 && seteuid(1234) == 0) {
            struct stat s;
            seteuid(0);
            MUST(mkdir("open", 0777));
            seteuid(1234);
            close((int)MUST(open("open/file", O_CREAT | O_WRONLY, 0600)));
            MUST(stat("open/file", &s));
            say("owner %d %d", s.st_uid, s.st_gid);
        } else {
            say("not allowed");
        }
    });
    CHILD("capset", {
        struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
        struct __user_cap_data_struct data[2] = { { 0 } };
        SHOW(syscall(SYS_capset, &header, data));
        capabilities("dropped");
        data[0].effective = data[0].permitted = 1 << CAP_CHOWN;
        SHOW(syscall(SYS_capset, &header, data));
        SHOW(setuid(1234) == 0 && geteuid() == 1234 ? 0 : -1);
        header.version = 77;
        SHOW(syscall(SYS_capget, &header, data));
        say("version the kernel prefers %x", header.version);
        header.pid = 999999;
        SHOW(syscall(SYS_capget, &header, data));
        SHOW(syscall(SYS_capget, BAD, data));
        header.pid = -1;
        SHOW(syscall(SYS_capget, &header, data));
    });
    CHILD("no capability for chown", {
        put_file("mine", "x", 0644);
        setresuid(1234, 1234, 1234);
        SHOW(chown("mine", 0, 0));
        SHOW(chroot("/"));
        SHOW(sethostname("x", 1));
        SHOW(mknod("node", S_IFCHR | 0600, 0x103));
        SHOW(setpriority(PRIO_PROCESS, 0, -5));
    });
    return 0;
}
