// SPDX-License-Identifier: Apache-2.0
// Numbers that no Linux has give ENOSYS; calls removed from Linux give ENOSYS; neither hurts.
#include "t.h"

int main(void)
{
    long numbers[] = { 400, 423, 500, 511, 512, 547, 600, 999, 1000, 4095, 65536, 0x40000000L + 600, INT_MAX,
        LONG_MIN, -1, -100 };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        errno = 0;
        long result = syscall(numbers[i], -1, -1, -1, -1, -1, -1);
        say("%ld: %ld %s", numbers[i], result, err_name(errno));
    }
    // create_module, get_kernel_syms, query_module, nfsservctl, getpmsg, putpmsg, afs_syscall, tuxcall,
    // security, vserver, epoll_ctl_old, epoll_wait_old
    int removed[] = { 174, 177, 178, 180, 181, 182, 183, 184, 185, 236, 214, 215, 156, 134, 205, 211 };
    for (size_t i = 0; i < sizeof removed / sizeof removed[0]; i++) {
        errno = 0;
        long result = syscall(removed[i], 0, 0, 0, 0, 0, 0);
        say("%d: %ld %s", removed[i], result, err_name(errno));
    }
    return 0;
}
