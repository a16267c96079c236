// SPDX-License-Identifier: Apache-2.0
// prctl(2): names, dumpable, death signal, subreaper, no_new_privs, keepcaps, seccomp mode, timer slack;
// arch_prctl(2); errors.
#include "t.h"
#include <asm/prctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>

static volatile int hung_up;
static void on_hup(int signal)
{
    (void)signal;
    hung_up = 1;
}

int main(void)
{
    char name[17] = "", line[64] = "";
    int value = -1;
    SHOW(prctl(PR_SET_NAME, "a-name-that-is-too-long"));
    SHOW(prctl(PR_GET_NAME, name));
    say("'%s'", name);
    int fd = (int)MUST(open("/proc/self/comm", O_RDWR));
    MUST(read(fd, line, 63));
    say("comm %s", line);
    SHOW(syscall(SYS_prctl, PR_SET_NAME, BAD));
    SHOW(syscall(SYS_prctl, PR_GET_NAME, BAD));
    SHOW(prctl(PR_GET_DUMPABLE));
    SHOW(prctl(PR_SET_DUMPABLE, 0));
    SHOW(prctl(PR_GET_DUMPABLE));
    SHOW(prctl(PR_SET_DUMPABLE, 1));
    SHOW(prctl(PR_SET_DUMPABLE, 2));
    SHOW(prctl(PR_SET_PDEATHSIG, SIGHUP));
    SHOW(prctl(PR_GET_PDEATHSIG, &value));
    say("signal %d", value);
    SHOW(prctl(PR_SET_PDEATHSIG, 99));
    CHILD("not inherited", prctl(PR_GET_PDEATHSIG, &value); say("signal %d", value));
    CHILD("parent dies", {
        int p[2];
        char c = 0;
        MUST(pipe(p));
        if (MUST(fork()) == 0) {
            if (MUST(fork()) == 0) {
                struct sigaction action = { .sa_handler = on_hup };
                sigaction(SIGHUP, &action, NULL);
                prctl(PR_SET_PDEATHSIG, SIGHUP);
                MUST(write(p[1], "r", 1));
                for (int i = 0; i < 2000 && !hung_up; i++) { sleep_ms(1); }
                MUST(write(p[1], hung_up ? "h" : "n", 1));
                _exit(0);
            }
            MUST(read(p[0], &c, 1));
            _exit(0);
        }
        MUST(wait(NULL));
        MUST(read(p[0], &c, 1));
        say("grandchild got SIGHUP: %c", c);
    });
    SHOW(prctl(PR_GET_CHILD_SUBREAPER, &value));
    say("subreaper %d", value);
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    SHOW(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
    SHOW(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
    SHOW(prctl(PR_GET_KEEPCAPS));
    SHOW(prctl(PR_SET_KEEPCAPS, 1));
    SHOW(prctl(PR_GET_KEEPCAPS));
    SHOW(prctl(PR_SET_KEEPCAPS, 2));
    SHOW(prctl(PR_GET_TIMERSLACK) > 0);
    SHOW(prctl(PR_SET_TIMERSLACK, 12345));
    SHOW(prctl(PR_GET_TIMERSLACK));
    SHOW(prctl(PR_GET_TID_ADDRESS, &fd) == 0 || errno == EINVAL);
    SHOW(prctl(PR_CAPBSET_READ, 999));
    SHOW(prctl(PR_GET_SECUREBITS));
    SHOW(prctl(123456789));
    unsigned long base = 0;
    SHOW(syscall(SYS_arch_prctl, ARCH_GET_FS, &base));
    say("fs set %d", base != 0);
    SHOW(syscall(SYS_arch_prctl, ARCH_GET_FS, BAD));
    SHOW(syscall(SYS_arch_prctl, ARCH_SET_GS, 0x12345000));
    SHOW(syscall(SYS_arch_prctl, ARCH_GET_GS, &base));
    say("gs %lx", base);
    SHOW(syscall(SYS_arch_prctl, ARCH_SET_GS, 0));
    SHOW(syscall(SYS_arch_prctl, ARCH_SET_FS, -1L));
    SHOW(syscall(SYS_arch_prctl, 0x9999, &base));
    SHOW(personality(0xffffffff) >= 0 ? 0 : -1);
    return 0;
}
