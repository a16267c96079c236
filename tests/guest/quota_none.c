// SPDX-License-Identifier: Apache-2.0
// quotactl(2) and quotactl_fd(2) where there are no quotas: which mistake is found first.
// @places overlay,layer,volume,tmpfs
#include "own_tmpfs.h"
#include <linux/quota.h>
#include <sys/syscall.h>

#define COMMAND(command, type) ((unsigned)QCMD(command, type))

static long of_path(unsigned command, const char *special, unsigned id, void *data)
{
    return syscall(SYS_quotactl, command, special, id, data);
}

static long of_file(int fd, unsigned command, unsigned id, void *data)
{
    return syscall(SYS_quotactl_fd, fd, command, id, data);
}

int main(void)
{
    char data[128];
    own_tmpfs();
    close((int)MUST(open("file", O_CREAT | O_WRONLY, 0644)));
    SHOW(of_path(COMMAND(Q_SYNC, USRQUOTA), NULL, 0, NULL));
    SHOW(of_path(COMMAND(Q_SYNC, 3), NULL, 0, NULL));
    SHOW(of_path(COMMAND(Q_GETQUOTA, USRQUOTA), NULL, 0, data));
    SHOW(of_path(COMMAND(Q_GETQUOTA, USRQUOTA), "none", 0, data));
    SHOW(of_path(COMMAND(Q_GETQUOTA, USRQUOTA), "file", 0, data));
    SHOW(of_path(COMMAND(Q_GETQUOTA, USRQUOTA), "/dev/null", 0, data));
    SHOW(of_path(COMMAND(Q_GETQUOTA, 7), "file", 0, data));
    SHOW(of_path(COMMAND(0x42, USRQUOTA), "file", 0, data));
    SHOW(of_path(COMMAND(Q_GETQUOTA, USRQUOTA), (char *)8, 0, data));
    int fd = (int)MUST(open("file", O_RDONLY)), path = (int)MUST(open(".", O_PATH));
    SHOW(of_file(-1, COMMAND(Q_GETQUOTA, USRQUOTA), 0, data));
    SHOW(of_file(-1, COMMAND(Q_GETQUOTA, 3), 0, data));
    SHOW(of_file(fd, COMMAND(Q_GETQUOTA, 3), 0, data));
    SHOW(of_file(fd, COMMAND(Q_GETQUOTA, USRQUOTA), 0, data));
    SHOW(of_file(path, COMMAND(Q_GETQUOTA, GRPQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(Q_SETQUOTA, USRQUOTA), 0, (void *)8));
    SHOW(of_file(fd, COMMAND(Q_QUOTAON, USRQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(Q_SYNC, USRQUOTA), 0, NULL));
    SHOW(of_file(fd, COMMAND(0x42, USRQUOTA), 0, NULL));
    MUST(mount(NULL, "/tmp", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
    SHOW(of_file(fd, COMMAND(Q_SETQUOTA, USRQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(Q_GETQUOTA, USRQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(Q_GETNEXTQUOTA, USRQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(Q_SYNC, USRQUOTA), 0, data));
    SHOW(of_file(fd, COMMAND(0x42, USRQUOTA), 0, data));
    return 0;
}
