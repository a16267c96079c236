// SPDX-License-Identifier: Apache-2.0
// process_madvise(2), process_mrelease(2): oneself and others, errors.
#include "t.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif
#define madvise_of(fd, v, n, advice, flags) syscall(SYS_process_madvise, fd, v, n, advice, flags)

int main(void)
{
    char *page = MUSTP(mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    struct iovec v[2] = { { page, 4096 }, { page + 8192, 4096 } };
    memset(page, 'x', 16384);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { for (;;) { pause(); } }
    int own = (int)MUST(syscall(SYS_pidfd_open, getpid(), 0)), theirs = (int)MUST(syscall(SYS_pidfd_open,
        child, 0));
    SHOW(madvise_of(own, v, 2, MADV_WILLNEED, 0));
    SHOW(madvise_of(own, v, 2, MADV_COLD, 0));
    SHOW(madvise_of(own, v, 0, MADV_COLD, 0));
    SHOW(madvise_of(own, v, 2, MADV_COLD, 1));
    SHOW(madvise_of(own, v, 1025, MADV_COLD, 0));
    SHOW(madvise_of(own, BAD, 1, MADV_COLD, 0));
    SHOW(madvise_of(-1, v, 1, MADV_COLD, 0));
    SHOW(madvise_of(0, v, 1, MADV_COLD, 0));
    SHOW(madvise_of(own, v, 1, 9999, 0));
    if (geteuid() == 0) {
        SHOW(madvise_of(theirs, v, 2, MADV_WILLNEED, 0));
        SHOW(madvise_of(theirs, v, 2, MADV_COLD, 0));
        CHILD("another user", MUST(setresuid(1000, 1000, 1000)); SHOW(madvise_of(theirs, v, 1, MADV_COLD,
            0)));
    } else {
        SHOW(madvise_of(theirs, v, 2, MADV_WILLNEED, 0));
    }
    SHOW(madvise_of(theirs, v, 2, MADV_DONTNEED, 0));
    SHOW(syscall(SYS_process_mrelease, theirs, 0));
    SHOW(syscall(SYS_process_mrelease, theirs, 1));
    SHOW(syscall(SYS_process_mrelease, 0, 0));
    kill(child, SIGKILL);
    siginfo_t info;
    MUST(waitid(P_PID, child, &info, WEXITED | WNOWAIT));
    SHOW(syscall(SYS_process_mrelease, theirs, 0));
    SHOW(madvise_of(theirs, v, 1, MADV_COLD, 0));
    MUST(waitpid(child, NULL, 0));
    SHOW(syscall(SYS_process_mrelease, theirs, 0));
    return 0;
}
