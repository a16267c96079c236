// SPDX-License-Identifier: Apache-2.0
// Crafted signal frames: all signals blocked, garbage registers, segments, floating-point state and flags;
// each child must die or stay killable.
// @host no
// @timeout 60
#include "../guest/t.h"
#include <ucontext.h>

static int kind;

static void handler(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    ucontext_t *frame = context;
    greg_t *regs = frame->uc_mcontext.gregs;
    switch (kind) {
        case 0: memset(&frame->uc_sigmask, 0xff, 128); break;
        case 1: regs[REG_RIP] = 0; break;
        case 2: regs[REG_RIP] = (greg_t)0x8000000000000000; break;
        case 3: regs[REG_RSP] = 0; break;
        case 4: regs[REG_RSP] = (greg_t)0xffff800000000000; break;
        case 5: regs[REG_CSGSFS] = 0; break;
        case 6: regs[REG_CSGSFS] = -1; break;
        case 7: regs[REG_EFL] = -1; break;
        case 8: regs[REG_EFL] = 0x100; break;
        case 9: frame->uc_mcontext.fpregs = (fpregset_t)16; break;
        case 10: memset(frame->uc_mcontext.fpregs, 0xff, 512); break;
        case 11: memset((char *)frame->uc_mcontext.fpregs + 464, 0xff, 48); break;
        case 12: memset((char *)frame->uc_mcontext.fpregs + 512, 0xff, 64); break;
        case 13:
            frame->uc_stack.ss_sp = (void *)-1;
            frame->uc_stack.ss_size = -1;
            break;
        case 14: frame->uc_flags = -1; break;
        case 15: regs[REG_RIP] = 0x7fff80000000; break;
        case 16: regs[REG_RSP] = 0x7fff90008000; break;
        case 17: regs[REG_CSGSFS] = (regs[REG_CSGSFS] & ~0xffffL) | 0x23; break;
        case 18: frame->uc_mcontext.fpregs = (fpregset_t)((char *)frame->uc_mcontext.fpregs + 1); break;
        case 19: memset(frame, 0xff, sizeof *frame); break;
        case 20: memset(frame, 0, sizeof *frame); break;
        default: break;
    }
}

int main(void)
{
    int died = 0, ended = 0;
    for (kind = 0; kind <= 22; kind++) {
        pid_t pid = (pid_t)MUST(fork());
        if (pid == 0) {
            struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
            sigaction(SIGUSR1, &action, NULL);
            if (kind == 21) { __asm__ volatile("mov $15, %%eax; mov $64, %%rsp; syscall" ::: "memory"); }
            if (kind == 22) { syscall(SYS_rt_sigreturn); }
            raise(SIGUSR1);
            if (kind == 0) {
                for (volatile long i = 0;; i++) {}
            }
            _exit(0);
        }
        sleep_ms(kind == 0 ? 100 : 0);
        int status, waited = 0;
        while (waitpid(pid, &status, WNOHANG) == 0) {
            if (waited++ > 300) {
                MUST(kill(pid, SIGKILL));
                MUST(waitpid(pid, &status, 0));
                break;
            }
            sleep_ms(1);
        }
        if (WIFSIGNALED(status)) {
            died++;
        } else {
            ended++;
        }
    }
    fprintf(stderr, "died %d ended %d\n", died, ended);
    say("survived %d", died + ended);
    return 0;
}
