// SPDX-License-Identifier: Apache-2.0
// ptrace(2): stops at signals and calls, registers, memory, injection, steps, breakpoints, errors.
// @variants dynamic,static
#include "trace.h"
#include <sys/prctl.h>

static volatile int counter = 7, handled;
static void on_signal(int signal) { handled = signal; }

__attribute__((noinline)) static void marked(void)
{
    counter++;
    __asm__ volatile("" ::: "memory");
}

static void signals(void)
{
    siginfo_t info;
    TRACEE({
        signal(SIGUSR1, on_signal);
        signal(SIGUSR2, on_signal);
        raise(SIGUSR1);
        say("handled %d", handled);
        raise(SIGUSR1);
        say("handled %d", handled);
        raise(SIGUSR1);
        say("handled %d", handled);
        raise(SIGCHLD);
        signal(SIGHUP, SIG_IGN);
        raise(SIGHUP);
        raise(SIGTERM);
    });
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("usr1", tracee);
    SHOW(trace(PTRACE_GETSIGINFO, tracee, 0, &info));
    say("signo %d code %d pid %d", info.si_signo, info.si_code, info.si_pid == tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGUSR1));
    await("usr1", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGUSR2));
    await("usr1", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("chld", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGCHLD));
    await("ignored hup", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGHUP));
    await("term", tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, SIGTERM));
    await("end", tracee);
    SHOW(trace(PTRACE_CONT, tracee, 0, 0));
}

static void calls(void)
{
    struct user_regs_struct r;
    struct ptrace_syscall_info info;
    static char text[] = "changed?\n";
    TRACEE({
        long n = syscall(SYS_getppid);
        n = syscall(SYS_getpriority, 1, 2, 3);
        say("returned %ld", n);
        write(1, text, 9);
    });
    MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    for (int i = 0; i < 6; i++) {
        await("call", tracee);
        memset(&info, 0, sizeof info);
        long size = MUST(trace(PTRACE_GET_SYSCALL_INFO, tracee, sizeof info, &info));
        r = registers(tracee);
        say("size %ld op %d arch %x ip %d sp %d", size, info.op, info.arch, info.instruction_pointer == r.rip,
            info.stack_pointer == r.rsp);
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
            say("nr %lld rax %lld", (long long)info.entry.nr, (long long)r.rax);
        }
        unsigned long message = 99;
        MUST(trace(PTRACE_GETEVENTMSG, tracee, 0, &message));
        say("message %lu", message);
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_getpriority) {
            say("args %lld %lld %lld", (long long)info.entry.args[0], (long long)info.entry.args[1],
                (long long)info.entry.args[2]);
            r.orig_rax = (unsigned long)-1;
            r.rax = 4711;
            MUST(trace(PTRACE_SETREGS, tracee, 0, &r));
        }
        if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr == SYS_write
            && peek(tracee, text) == *(long *)text) {
            long word;
            memcpy(&word, "CHANGED?", 8);
            SHOW(trace(PTRACE_POKEDATA, tracee, text, word));
        }
        siginfo_t si;
        MUST(trace(PTRACE_GETSIGINFO, tracee, 0, &si));
        say("signo %d code %x", si.si_signo, si.si_code);
        MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    }
    for (int status; waitpid(tracee, &status, 0) == tracee;) {
        if (WIFEXITED(status)) {
            tell("end", status);
            break;
        }
        struct user_regs_struct now = registers(tracee);
        if ((long)now.orig_rax == SYS_write && peek(tracee, text) == *(long *)text
            && now.rsi == (unsigned long)text) {
            long word;
            memcpy(&word, "CHANGED?", 8);
            SHOW(trace(PTRACE_POKEDATA, tracee, text, word));
        }
        MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    }
}

static void changed_calls(void)
{
    TRACEE({
        SHOW(syscall(SYS_getppid) == getpid());
        SHOW(syscall(SYS_getppid));
        SHOW(syscall(SYS_getppid));
    });
    MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    int n = 0;
    for (int status; waitpid(tracee, &status, 0) == tracee && !WIFEXITED(status);) {
        struct user_regs_struct r = registers(tracee);
        if (r.orig_rax == SYS_getppid && (long)r.rax == -ENOSYS) {
            n++;
            r.orig_rax = n == 1 ? SYS_getpid : n == 2 ? 9999 : (unsigned long)-1;
            MUST(trace(PTRACE_SETREGS, tracee, 0, &r));
        }
        MUST(trace(PTRACE_SYSCALL, tracee, 0, 0));
    }
    say("entries %d", n);
}

static void memory(void)
{
    long word = 0, pagesize = 4096;
    char *page = MUSTP(mmap(NULL, 4096 * 3, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *shared = MUSTP(mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memset(page, 'a', 4096);
    mprotect(page, 4096, PROT_NONE);
    munmap(page + 2 * pagesize, 4096);
    TRACEE({
        mprotect(page, 4096, PROT_READ);
        say("%.12s", page + 100);
        say("counter %d", counter);
    });
    SHOW(trace(PTRACE_PEEKDATA, tracee, &counter, &word) == 0 && (int)word == 7);
    SHOW(trace(PTRACE_POKEDATA, tracee, &counter, 1234));
    SHOW(trace(PTRACE_PEEKDATA, tracee, page, &word) == 0 && (char)word == 'a');
    SHOW(trace(PTRACE_POKEDATA, tracee, page + 102, 0x6867666564636261));
    SHOW(trace(PTRACE_PEEKDATA, tracee, page + 2 * pagesize, &word));
    SHOW(trace(PTRACE_PEEKDATA, tracee, page + 2 * pagesize - 4, &word));
    SHOW(trace(PTRACE_POKEDATA, tracee, page + 2 * pagesize, 1));
    SHOW(trace(PTRACE_POKEDATA, tracee, shared, 1));
    SHOW(trace(PTRACE_PEEKDATA, tracee, shared, &word));
    SHOW(trace(PTRACE_PEEKDATA, tracee, BAD, &word));
    SHOW(trace(PTRACE_PEEKDATA, tracee, -1L, &word));
    SHOW(trace(PTRACE_PEEKDATA, tracee, &counter, BAD));
    SHOW(trace(PTRACE_PEEKTEXT, tracee, marked, &word) == 0 && word == *(long *)marked);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
}

static void state(void)
{
    struct user_regs_struct r;
    struct user_fpregs_struct f;
    static unsigned char extended[16384];
    struct iovec v = { &r, sizeof r };
    unsigned long word, mask = 0;
    double out = 0;
    TRACEE({
        double in = 1.5, result;
        __asm__ volatile("movsd %1, %%xmm7\n\tint3\n\tmovsd %%xmm7, %0" : "=m"(result) : "m"(in) : "xmm7");
        say("xmm7 now %d hundredths", (int)(result * 100));
        unsigned long a = 0x11, b;
        __asm__ volatile("mov %1, %%r12\n\tint3\n\tmov %%r12, %0" : "=m"(b) : "m"(a) : "r12");
        say("r12 now %lx", b);
        sigset_t set;
        sigprocmask(SIG_BLOCK, NULL, &set);
        say("usr2 blocked %d", sigismember(&set, SIGUSR2));
    });
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("int3", tracee);
    siginfo_t si;
    MUST(trace(PTRACE_GETSIGINFO, tracee, 0, &si));
    say("code %x", si.si_code);
    SHOW(trace(PTRACE_GETFPREGS, tracee, 0, &f));
    memcpy(&out, (char *)f.xmm_space + 7 * 16, 8);
    say("xmm7 %d tenths, mxcsr %x cwd %x", (int)(out * 10), f.mxcsr, f.cwd);
    out = 2.25;
    memcpy((char *)f.xmm_space + 7 * 16, &out, 8);
    SHOW(trace(PTRACE_SETFPREGS, tracee, 0, &f));
    v.iov_base = extended;
    v.iov_len = sizeof extended;
    SHOW(trace(PTRACE_GETREGSET, tracee, 0x202, &v));
    memcpy(&out, extended + 160 + 7 * 16, 8);
    say("size at least 576: %d, xcr0 has sse %d, xmm7 %d", v.iov_len >= 576, (extended[464] & 3) == 3,
        (int)(out * 100));
    out = 3.75;
    memcpy(extended + 160 + 7 * 16, &out, 8);
    SHOW(trace(PTRACE_SETREGSET, tracee, 0x202, &v));
    f.mxcsr = 0xffffffff;
    SHOW(trace(PTRACE_SETFPREGS, tracee, 0, &f));
    v.iov_len = 512;
    SHOW(trace(PTRACE_GETREGSET, tracee, 2, &v));
    say("length %zu", v.iov_len);
    SHOW(trace(PTRACE_GETREGSET, tracee, 999, &v));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("int3", tracee);
    v.iov_base = &r;
    v.iov_len = sizeof r;
    SHOW(trace(PTRACE_GETREGSET, tracee, 1, &v));
    say("r12 %llx length %zu cs %llx ss %llx ds %llx orig %lld", r.r12, v.iov_len, r.cs, r.ss, r.ds,
        (long long)r.orig_rax);
    r.r12 = 0x2222;
    SHOW(trace(PTRACE_SETREGSET, tracee, 1, &v));
    SHOW(trace(PTRACE_PEEKUSR, tracee, offsetof(struct user_regs_struct, r12), &word) == 0 && word == 0x2222);
    SHOW(trace(PTRACE_POKEUSR, tracee, offsetof(struct user_regs_struct, r12), 0x3333));
    SHOW(trace(PTRACE_PEEKUSR, tracee, 3, &word));
    SHOW(trace(PTRACE_PEEKUSR, tracee, 4096, &word));
    SHOW(trace(PTRACE_PEEKUSR, tracee, offsetof(struct user, u_debugreg), &word) == 0 && word == 0);
    SHOW(trace(PTRACE_POKEUSR, tracee, offsetof(struct user, u_debugreg) + 56, 0));
    SHOW(trace(PTRACE_POKEUSR, tracee, offsetof(struct user_regs_struct, fs_base), -1L));
    SHOW(trace(PTRACE_GETSIGMASK, tracee, 8, &mask));
    mask = 1UL << (SIGUSR2 - 1) | 1UL << (SIGKILL - 1);
    SHOW(trace(PTRACE_SETSIGMASK, tracee, 8, &mask));
    SHOW(trace(PTRACE_GETSIGMASK, tracee, 8, &mask));
    say("mask %lx", mask);
    SHOW(trace(PTRACE_GETSIGMASK, tracee, 4, &mask));
    kill(tracee, SIGUSR2);
    struct __ptrace_peeksiginfo_args { unsigned long off; unsigned flags; int nr; } args = { 0, 1, 4 };
    siginfo_t some[4];
    SHOW(trace(PTRACE_PEEKSIGINFO, tracee, &args, some));
    say("pending %d code %d", some[0].si_signo, some[0].si_code);
    args.flags = 0;
    SHOW(trace(PTRACE_PEEKSIGINFO, tracee, &args, some));
    args.flags = 4;
    SHOW(trace(PTRACE_PEEKSIGINFO, tracee, &args, some));
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
}

static void steps(void)
{
    TRACEE({
        for (int i = 0; i < 20; i++) { getppid(); }
        marked();
        __asm__ volatile("int3\n\tnop\n\tnop\n\tmov $39, %%eax\n\tsyscall\n\tnop\n\tnop" ::: "rax", "rcx",
            "r11");
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
        say("counter %d", counter);
    });
    // A breakpoint at the entry of a function.
    long original = peek(tracee, marked);
    MUST(trace(PTRACE_POKETEXT, tracee, marked, (original & ~0xffL) | 0xcc));
    say("breakpoint is there %d", (peek(tracee, marked) & 0xff) == 0xcc);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("breakpoint", tracee);
    struct user_regs_struct r = registers(tracee);
    say("behind it %d", r.rip == (unsigned long)marked + 1);
    r.rip--;
    MUST(trace(PTRACE_SETREGS, tracee, 0, &r));
    MUST(trace(PTRACE_POKETEXT, tracee, marked, original));
    MUST(trace(PTRACE_SINGLESTEP, tracee, 0, 0));
    await("step", tracee);
    siginfo_t si;
    MUST(trace(PTRACE_GETSIGINFO, tracee, 0, &si));
    r = registers(tracee);
    say("moved %d code %d flag %d address %d", r.rip > (unsigned long)marked
        && r.rip < (unsigned long)marked + 16,
        si.si_code, (int)(r.eflags >> 8 & 1), si.si_addr == (void *)r.rip);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("int3", tracee);
    r = registers(tracee);
    unsigned long at = r.rip;
    for (int i = 0; i < 6; i++) {
        MUST(trace(PTRACE_SINGLESTEP, tracee, 0, 0));
        int status;
        MUST(waitpid(tracee, &status, 0));
        r = registers(tracee);
        MUST(trace(PTRACE_GETSIGINFO, tracee, 0, &si));
        say("%s at +%d code %d", sigabbrev_np(WSTOPSIG(status)), (int)(r.rip - at), si.si_code);
    }
    say("getpid %d", r.rax == (unsigned long)tracee);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("usr1", tracee);
    MUST(trace(PTRACE_SINGLESTEP, tracee, 0, SIGUSR1));
    await("into the handler", tracee);
    r = registers(tracee);
    say("at its start %d rdi %lld", r.rip == (unsigned long)on_signal, (long long)r.rdi);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
}

static void errors(void)
{
    long word;
    SHOW(trace(PTRACE_ATTACH, 999999, 0, 0));
    SHOW(trace(PTRACE_ATTACH, getpid(), 0, 0));
    SHOW(trace(PTRACE_CONT, getppid(), 0, 0));
    SHOW(trace(9999, getpid(), 0, 0));
    SHOW(trace(PTRACE_SEIZE, 999999, 0, 0));
    CHILD("traceme twice", SHOW(trace(PTRACE_TRACEME, 0, 0, 0)); SHOW(trace(PTRACE_TRACEME, 0, 0, 0)));
    TRACEE(pause());
    SHOW(trace(9999, tracee, 0, 0));
    SHOW(trace(PTRACE_CONT, tracee, 0, 65));
    SHOW(trace(PTRACE_SETOPTIONS, tracee, 0, 1 << 12));
    SHOW(trace(PTRACE_LISTEN, tracee, 0, 0));
    SHOW(trace(PTRACE_INTERRUPT, tracee, 0, 0));
    SHOW(trace(PTRACE_GETREGS, tracee, 0, BAD));
    SHOW(trace(PTRACE_SETREGS, tracee, 0, BAD));
    SHOW(trace(PTRACE_ATTACH, tracee, 0, 0));
    CHILD("not ours", SHOW(trace(PTRACE_PEEKDATA, tracee, &counter, &word)); SHOW(trace(PTRACE_ATTACH,
        tracee, 0, 0)));
    SHOW(trace(PTRACE_CONT, tracee, 0, 0));
    SHOW(trace(PTRACE_PEEKDATA, tracee, &counter, &word));
    SHOW(trace(PTRACE_DETACH, tracee, 0, 0));
    SHOW(trace(PTRACE_KILL, tracee, 0, 0));
    await("killed", tracee);
    SHOW(trace(PTRACE_KILL, tracee, 0, 0));
    pid_t plain = (pid_t)MUST(fork());
    if (plain == 0) { for (;;) { pause(); } }
    SHOW(trace(PTRACE_SEIZE, plain, 1, 0));
    SHOW(trace(PTRACE_SEIZE, plain, 0, 1 << 12));
    SHOW(trace(PTRACE_CONT, plain, 0, 0));
    MUST(kill(plain, SIGKILL));
    MUST(waitpid(plain, NULL, 0));
    if (geteuid() == 0) {
        pid_t root = (pid_t)MUST(fork());
        if (root == 0) { for (;;) { pause(); } }
        CHILD("another user's", MUST(setresuid(1000, 1000, 1000)); SHOW(trace(PTRACE_ATTACH, root, 0, 0)));
        kill(root, SIGKILL);
        waitpid(root, NULL, 0);
    } else {
        say("traceme of another");
        SHOW(trace(PTRACE_ATTACH, 1, 0, 0) == -1);
        CHILD("not dumpable", {
            pid_t parent = getpid();
            prctl(PR_SET_DUMPABLE, 0);
            CHILD("tries", SHOW(trace(PTRACE_ATTACH, parent, 0, 0)));
        });
    }
}

int main(void)
{
    signals();
    calls();
    changed_calls();
    memory();
    state();
    steps();
    errors();
    return 0;
}
