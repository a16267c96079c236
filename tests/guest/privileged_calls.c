// SPDX-License-Identifier: Apache-2.0
// Calls that need privileges, by a process without any; adjtimex(2) and clock_adjtime(2).
#include "t.h"
#include <sys/timex.h>

int main(void)
{
    struct timex t;
    memset(&t, 0xaa, sizeof t);
    t.modes = 0;
    SHOW(adjtimex(&t));
    say("tick %ld, seconds right %d", t.tick, t.time.tv_sec >= time(NULL) - 1 && t.time.tv_sec <= time(NULL) + 1);
    SHOW(syscall(SYS_clock_adjtime, CLOCK_REALTIME, &t));
    SHOW(syscall(SYS_clock_adjtime, CLOCK_MONOTONIC, &t));
    SHOW(syscall(SYS_clock_adjtime, 99, &t));
    SHOW(syscall(SYS_clock_adjtime, CLOCK_REALTIME, BAD));
    SHOW(syscall(SYS_adjtimex, BAD));
    if (geteuid() == 0) { MUST(setresuid(65534, 65534, 65534)); }
    t.modes = ADJ_FREQUENCY;
    SHOW(adjtimex(&t));
    t.modes = ADJ_OFFSET_SS_READ;
    SHOW(adjtimex(&t));
    SHOW(syscall(SYS_reboot, 0, 0, 0, 0));
    SHOW(syscall(SYS_reboot, 0xfee1dead, 672274793, 0, NULL));
    unsigned long nodes = 1;
    char *page = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW(syscall(SYS_mbind, page, PAGE, 0, NULL, 0, 4));
    SHOW(syscall(SYS_mbind, page, PAGE, 2, &nodes, 8, 4));
    SHOW(syscall(SYS_mbind, page, PAGE, 0, NULL, 0, 8));
    return 0;
}
