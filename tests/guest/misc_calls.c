// SPDX-License-Identifier: Apache-2.0
// Small calls that runtimes make at start: set_tid_address, set_robust_list, rseq class, membarrier, ioctl on
// non-terminals, statfs, mknod rules, sync, getpagesize, ttyname, isatty, gettid, getpgrp.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <linux/membarrier.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/vfs.h>
#include <termios.h>

int main(void)
{
    int value;
    SHOW(syscall(SYS_set_tid_address, &value) == syscall(SYS_gettid));
    SHOW(syscall(SYS_set_robust_list, NULL, 24));
    SHOW(syscall(SYS_set_robust_list, NULL, 23));
    void *head;
    size_t length;
    SHOW(syscall(SYS_get_robust_list, 0, &head, &length));
    say("length %zu", length);
    SHOW(syscall(SYS_get_robust_list, 999999, &head, &length));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) > 0);
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
    SHOW(syscall(SYS_membarrier, 1 << 30, 0, 0));
    struct termios terminal;
    struct winsize window;
    int file = (int)MUST(open("file", O_RDWR | O_CREAT, 0600)), null = (int)MUST(open("/dev/null", O_RDWR));
    SHOW(tcgetattr(file, &terminal));
    SHOW(tcgetattr(null, &terminal));
    SHOW(ioctl(file, TIOCGWINSZ, &window));
    SHOW(ioctl(1, TIOCGWINSZ, &window));
    SHOW(ioctl(99, TIOCGWINSZ, &window));
    SHOW(ioctl(file, 0x12345678, 0));
    SHOW(isatty(file));
    SHOW(isatty(99));
    MUST(write(file, "12345", 5));
    lseek(file, 2, SEEK_SET);
    SHOW(ioctl(file, FIONREAD, &value));
    say("FIONREAD on a file %d", value);
    SHOW(ioctl(file, FIOCLEX));
    SHOW(fcntl(file, F_GETFD));
    SHOW(ioctl(file, FIONCLEX));
    SHOW(fcntl(file, F_GETFD));
    value = 1;
    SHOW(ioctl(file, FIONBIO, &value));
    SHOW((fcntl(file, F_GETFL) & O_NONBLOCK) != 0);
    struct statfs fs;
    SHOW(statfs(".", &fs));
    say("sane %d", fs.f_bsize > 0 && fs.f_blocks > 0 && fs.f_namelen == 255);
    SHOW(statfs("/proc", &fs));
    say("proc %lx", (long)fs.f_type);
    SHOW(fstatfs(file, &fs));
    SHOW(fstatfs(99, &fs));
    SHOW(statfs("missing", &fs));
    SHOW(syscall(SYS_statfs, ".", BAD));
    SHOW(mknod("plain", S_IFREG | 0600, 0));
    SHOW(mknod("plain", S_IFREG | 0600, 0));
    SHOW(mknod("fifo", S_IFIFO | 0600, 0));
    SHOW(mknod("directory", S_IFDIR | 0700, 0));
    SHOW(mknod("wrong", 0170000 | 0600, 0));
    SHOW(mknod("missing/x", S_IFREG | 0600, 0));
    sync();
    SHOW(getpgrp() == getpgid(0));
    SHOW(syscall(SYS_gettid) == getpid());
    SHOW(syscall(SYS_time, NULL) > 0);
    SHOW(syscall(SYS_time, BAD));
    SHOW(syscall(SYS_restart_syscall));
    SHOW(syscall(SYS_ioprio_get, 1, 0) >= 0);
    SHOW(syscall(SYS_kcmp, getpid(), getpid(), 2, 0, 0));
    SHOW(vhangup() == 0 || errno == EPERM);
    SHOW(acct("/missing") == -1);
    SHOW(syscall(SYS_tkill, getpid(), 0));
    return 0;
}
