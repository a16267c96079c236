// SPDX-License-Identifier: Apache-2.0
// MS_REMOUNT with options: what belongs to a file system and shows in all its mounts, and what to one mount.
#include "mount_api.h"
#include <sys/statvfs.h>

static void limits(const char *name)
{
    struct statvfs st;
    MUST(statvfs(at(name), &st));
    say("  %s: %llu blocks, %llu files", name, (unsigned long long)st.f_blocks, (unsigned long long)st.f_files);
}

static void options(void)
{
    begin();
    make("a");
    make("b");
    MUST(mount("x", at("a"), "tmpfs", 0, "size=64k,nr_inodes=20,mode=750"));
    MUST(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    show_mount_options("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=128k,nr_inodes=30"));
    show_mount_options("b");
    limits("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, NULL));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, ""));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, ",,size=96k,,"));
    limits("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "nr_blocks=10"));
    limits("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=0"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=64k"));
    MUST(umount2(at("b"), 0));
    MUST(umount2(at("a"), 0));
    MUST(mount("x", at("a"), "tmpfs", 0, "size=64k,nr_inodes=20,mode=750"));
    MUST(mount(at("a"), at("b"), NULL, MS_BIND, NULL));
    // What is not an option of it, and what does not change.
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "odd"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=x"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, BAD));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "mode=711,uid=0,gid=0"));
    SHOW(mount("y", at("a"), "proc", MS_REMOUNT, "source=z"));
    show_mount_options("a");
    struct stat st;
    MUST(stat(at("a"), &st));
    say("mode %o", st.st_mode & 07777);
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=128k,odd"));
    limits("a");
    // Not less than there is.
    int fd = (int)MUST(open(at("a/data"), O_CREAT | O_RDWR, 0644));
    MUST(ftruncate(fd, 0));
    static char text[20000];
    SHOW(write(fd, text, sizeof text));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=16k"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=20k"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "nr_inodes=1"));
    SHOW(pwrite(fd, text, sizeof text, sizeof text));
    limits("a");
    // Read-only: the whole of it with MS_REMOUNT, one mount with MS_BIND.
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_RDONLY, NULL));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "ro"));
    SHOW(mount(NULL, at("b"), NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(mount(NULL, at("b"), NULL, MS_REMOUNT | MS_BIND, NULL));
    close(fd);
    // A pipe is not written to the file system.
    MUST(mkfifo(at("a/fifo"), 0600));
    MUST(open(at("a/fifo"), O_RDWR));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_RDONLY | MS_SYNCHRONOUS | MS_NOEXEC, NULL));
    show_mount_options("a");
    show_mount_options("b");
    SHOW(open(at("b/new"), O_CREAT | O_WRONLY, 0644));
    SHOW(unlink(at("b/data")));
    SHOW(access(at("b"), W_OK));
    SHOW(mount(NULL, at("b"), NULL, MS_REMOUNT | MS_BIND, "odd"));
    SHOW(open(at("b/new"), O_CREAT | O_WRONLY, 0644));
    SHOW(mount(NULL, at("b"), NULL, MS_REMOUNT | MS_DIRSYNC | MS_LAZYTIME, NULL));
    show_mount_options("a");
    show_mount_options("b");
    SHOW(open(at("a/new"), O_CREAT | O_WRONLY, 0644));
    SHOW(close(open(at("b/new"), O_CREAT | O_WRONLY, 0644)));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "ro"));
    show_mount_options("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_RDONLY, "rw"));
    show_mount_options("a");
    show_mount_options("b");
    SHOW(mount(NULL, at("a/data"), NULL, MS_REMOUNT, "size=1m"));
}

static void making(void)
{
    begin();
    make("a");
    // Made read-only, it is so as a whole.
    SHOW(mount("x", at("a"), "tmpfs", MS_RDONLY | MS_SYNCHRONOUS, "mode=0"));
    show_mount_options("a");
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_BIND, NULL));
    show_mount_options("a");
    SHOW(mkdir(at("a/x"), 0755));
    MUST(umount2(at("a"), 0));
    SHOW(mount("x", at("a"), "tmpfs", 0, "ro,dirsync"));
    show_mount_options("a");
    MUST(umount2(at("a"), 0));
    SHOW(mount(NULL, at("a"), "tmpfs", 0, NULL));
    show_mount_options("a");
    MUST(umount2(at("a"), 0));
    SHOW(mount("", at("a"), "tmpfs", 0, "source=other"));
    SHOW(mount(NULL, at("a"), "tmpfs", 0, "source=other,nr_inodes=0"));
    show_mount_options("a");
    MUST(umount2(at("a"), 0));
    SHOW(mount(NULL, at("a"), "tmpfs", 0, "=5,mode=070,size=5000"));
    show_mount_options("a");
    SHOW(mount(NULL, at("a"), "tmpfs", 0, "noatime"));
    SHOW(mount(NULL, at("a"), "tmpfs", 0, "size=5k5"));
    SHOW(mount(NULL, at("a"), "devpts", 0, "newinstance,ptmxmode=0666,mode=620,max=10"));
    SHOW(mount(NULL, at("a"), "devpts", 0, "odd"));
    SHOW(mount(NULL, at("a"), "devpts", 0, "mode=9"));
    SHOW(mount(NULL, at("a"), "proc", 0, "odd"));
    SHOW(mount(NULL, at("a"), "proc", 0, "hidepid=2"));
    SHOW(mount(NULL, at("a"), "mqueue", 0, "odd"));
}

static void privileges(void)
{
    begin();
    make("a");
    MUST(mount("x", at("a"), "tmpfs", MS_NODEV, "size=64k"));
    // Its file system is the other namespace's.
    enter();
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_NODEV, "size=1m"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_NODEV, "odd"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "odd"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_NODEV | MS_RDONLY, NULL));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT | MS_BIND | MS_NODEV | MS_RDONLY, NULL));
    show_mount_options("a");
    SHOW(mount("x", at("a"), "tmpfs", 0, "uid=0,gid=0"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=1m"));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "uid=7"));
    MUST(unshare(CLONE_NEWUSER));
    SHOW(mount(NULL, at("a"), NULL, MS_REMOUNT, "size=1m"));
}

int main(void)
{
    MUST(mkdtemp(top) ? 0 : -1);
    CHILD("options", { options(); });
    CHILD("making", { making(); });
    CHILD("privileges", { privileges(); });
    SHOW(rmdir(top));
    return 0;
}
