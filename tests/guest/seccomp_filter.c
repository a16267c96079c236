// SPDX-License-Identifier: Apache-2.0
// seccomp(2), prctl(PR_SET_SECCOMP): modes, which programs are accepted, actions, chains, fork, exec,
// threads.
// @variants dynamic,static
#include "t.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <ucontext.h>

#define NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define IF(n, action) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, n, 0, 1), BPF_STMT(BPF_RET | BPF_K, action)
#define RET(action) BPF_STMT(BPF_RET | BPF_K, action)
#define ALLOW RET(SECCOMP_RET_ALLOW)
#define seccomp(op, flags, arg) syscall(SYS_seccomp, op, flags, arg)
#define PROGRAM(name, ...) \
    struct sock_filter name##_code[] = { __VA_ARGS__ }; \
    struct sock_fprog name = { sizeof name##_code / sizeof *name##_code, name##_code }
#define INSTALL(...) do { \
    PROGRAM(p_, __VA_ARGS__); \
    MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)); \
    MUST(seccomp(SECCOMP_SET_MODE_FILTER, 0, &p_)); } while (0)

static void accepted(const char *what, struct sock_filter *code, unsigned n)
{
    struct sock_fprog p = { (unsigned short)n, code };
    CHILD(what, {
        MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        _exit(seccomp(SECCOMP_SET_MODE_FILTER, 0, &p) == 0 ? 0 : errno);
    });
}
#define CHECK(what, ...) do { \
    struct sock_filter c_[] = { __VA_ARGS__ }; accepted(what, c_, sizeof c_ / sizeof *c_); } while (0)

static void programs(void)
{
    CHECK("return k", ALLOW);
    CHECK("return a", BPF_STMT(BPF_LD | BPF_IMM, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_A, 0));
    CHECK("return x", BPF_STMT(BPF_LDX | BPF_IMM, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_X, 0));
    CHECK("no return", NR);
    CHECK("load at 60", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 60), ALLOW);
    CHECK("load at 64", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), ALLOW);
    CHECK("load at 2", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), ALLOW);
    CHECK("load half", BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0), ALLOW);
    CHECK("load indirect", BPF_STMT(BPF_LD | BPF_W | BPF_IND, 0), ALLOW);
    CHECK("load msh", BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0), ALLOW);
    CHECK("load length", BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0), BPF_STMT(BPF_LDX | BPF_W | BPF_LEN, 0),
        ALLOW);
    CHECK("ancillary", BPF_STMT(BPF_LD | BPF_W | BPF_ABS, SKF_AD_OFF + SKF_AD_CPU), ALLOW);
    CHECK("divide by 0", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), ALLOW);
    CHECK("divide", BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 2), ALLOW);
    CHECK("modulo", BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, 2), ALLOW);
    CHECK("shift 31", BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 31), ALLOW);
    CHECK("shift 32", BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 32), ALLOW);
    CHECK("store 15", BPF_STMT(BPF_ST, 15), BPF_STMT(BPF_LD | BPF_MEM, 15), ALLOW);
    CHECK("store 16", BPF_STMT(BPF_ST, 16), ALLOW);
    CHECK("load unset", BPF_STMT(BPF_LD | BPF_MEM, 3), ALLOW);
    CHECK("load set on one path", NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 1), BPF_STMT(BPF_STX, 3),
        BPF_STMT(BPF_LDX | BPF_MEM, 3), ALLOW);
    CHECK("jump to the last", BPF_STMT(BPF_JMP | BPF_JA, 0), ALLOW);
    CHECK("jump behind", BPF_STMT(BPF_JMP | BPF_JA, 1), ALLOW);
    CHECK("jump far", BPF_STMT(BPF_JMP | BPF_JA, 0xffffffff), ALLOW);
    CHECK("true behind", BPF_JUMP(BPF_JMP | BPF_JGT | BPF_X, 0, 1, 0), ALLOW);
    CHECK("false behind", BPF_JUMP(BPF_JMP | BPF_JSET | BPF_X, 0, 0, 1), ALLOW);
    CHECK("code 0xffff", { 0xffff, 0, 0, 0 }, ALLOW);
    CHECK("misc", BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_MISC | BPF_TXA, 0),
        BPF_STMT(BPF_ALU | BPF_NEG, 0),
        ALLOW);
    static struct sock_filter many[5000];
    for (int i = 0; i < 5000; i++) { many[i] = (struct sock_filter)ALLOW; }
    accepted("4096 long", many, 4096);
    accepted("4097 long", many, 4097);
    accepted("0 long", many, 0);
}

static void errors(void)
{
    unsigned action = SECCOMP_RET_ALLOW;
    unsigned short sizes[3];
    PROGRAM(p, ALLOW);
    struct sock_fprog bad = { 1, BAD };
    SHOW(seccomp(99, 0, NULL));
    SHOW(seccomp(SECCOMP_SET_MODE_STRICT, 1, NULL));
    SHOW(seccomp(SECCOMP_SET_MODE_STRICT, 0, &p));
    SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 1 << 20, &p));
    SHOW(seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER, &p));
    SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 1 << 5, &p));
    SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 0, BAD));
    SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 0, NULL));
    SHOW(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action));
    SHOW(seccomp(SECCOMP_GET_ACTION_AVAIL, 1, &action));
    SHOW(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, BAD));
    action = 0x12340000;
    SHOW(seccomp(SECCOMP_GET_ACTION_AVAIL, 0, &action));
    SHOW(seccomp(SECCOMP_GET_NOTIF_SIZES, 1, sizes));
    SHOW(seccomp(SECCOMP_GET_NOTIF_SIZES, 0, BAD));
    SHOW(seccomp(SECCOMP_GET_NOTIF_SIZES, 0, sizes));
    say("sizes %d %d %d", sizes[0], sizes[1], sizes[2]);
    SHOW(prctl(PR_GET_SECCOMP));
    SHOW(prctl(PR_SET_SECCOMP, 0));
    SHOW(prctl(PR_SET_SECCOMP, 3));
    CHILD("without no_new_privs", {
        if (geteuid() == 0) { MUST(setresuid(1000, 1000, 1000)); }
        SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 0, &p));
        SHOW(prctl(PR_SET_SECCOMP, 2, &p));
        p.len = 0;
        SHOW(prctl(PR_SET_SECCOMP, 2, &p));
    });
    CHILD("bad instructions", {
        MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        SHOW(seccomp(SECCOMP_SET_MODE_FILTER, 0, &bad));
        SHOW(prctl(PR_SET_SECCOMP, 2, &p));
        SHOW(prctl(PR_GET_SECCOMP));
        SHOW(prctl(PR_SET_SECCOMP, 1));
        SHOW(seccomp(SECCOMP_SET_MODE_STRICT, 0, NULL));
        SHOW(seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_LOG | SECCOMP_FILTER_FLAG_SPEC_ALLOW, &p));
    });
}

static void on_sys(int signal, siginfo_t *info, void *context)
{
    ucontext_t *c = context;
    say("signal %d code %d errno %d nr %d arch %x rax is nr %d address %d", signal, info->si_code,
        info->si_errno,
        info->si_syscall, info->si_arch, (int)c->uc_mcontext.gregs[REG_RAX] == info->si_syscall,
        info->si_call_addr == (void *)c->uc_mcontext.gregs[REG_RIP]);
    c->uc_mcontext.gregs[REG_RAX] = 4711;
}

static void status(const char *key)
{
    char text[4096];
    int fd = (int)MUST(open("/proc/self/status", O_RDONLY));
    text[MUST(read(fd, text, sizeof text - 1))] = 0;
    close(fd);
    char *p = strstr(text, key);
    say("%.*s", p ? (int)strcspn(p, "\n") : 4, p ? p : "none");
}

static void actions(void)
{
    CHILD("strict", {
        MUST(prctl(PR_SET_SECCOMP, 1));
        write(1, "writes\n", 7);
        syscall(SYS_exit, 3);
    });
    CHILD("strict, others", { MUST(prctl(PR_SET_SECCOMP, 1)); getppid(); });
    CHILD("strict, exit_group", { MUST(prctl(PR_SET_SECCOMP, 1)); _exit(0); });
    CHILD("errno", {
        for (int i = 0; i < 50; i++) { getppid(); }
        INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_ERRNO | 13), IF(SYS_getuid, SECCOMP_RET_ERRNO),
            IF(SYS_getgid, SECCOMP_RET_ERRNO | 5000), ALLOW);
        for (int i = 0; i < 3; i++) { SHOW(syscall(SYS_getppid)); }
        SHOW(getppid() == -13 || errno == EACCES);
        SHOW(syscall(SYS_getuid));
        SHOW(syscall(SYS_getgid) == -1 && errno == 4095);
        status("Seccomp:");
        status("Seccomp_filters:");
        status("NoNewPrivs:");
        SHOW(prctl(PR_GET_SECCOMP));
    });
    CHILD("trap", {
        struct sigaction act = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
        sigaction(SIGSYS, &act, NULL);
        INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_TRAP | 77), ALLOW);
        for (int i = 0; i < 12; i++) { getppid(); }
        SHOW(syscall(SYS_getppid));
    });
    CHILD("trap, blocked", {
        struct sigaction act = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
        sigset_t set;
        sigaction(SIGSYS, &act, NULL);
        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_TRAP), ALLOW);
        getppid();
    });
    CHILD("trap, ignored", { signal(SIGSYS, SIG_IGN); INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_TRAP),
        ALLOW); getppid(); });
    CHILD("trap, default", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_TRAP), ALLOW); getppid(); });
    CHILD("kill process", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_KILL_PROCESS), ALLOW); getppid(); });
    CHILD("kill thread", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_KILL_THREAD), ALLOW); getppid(); });
    CHILD("unknown action", { INSTALL(NR, IF(SYS_getppid, 0x12340000), ALLOW); getppid(); });
    CHILD("log", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_LOG), ALLOW); SHOW(getppid() > 0); });
    CHILD("trace, no tracer", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_TRACE), ALLOW);
        SHOW(syscall(SYS_getppid)); });
    CHILD("notify, nobody", { INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_USER_NOTIF), ALLOW);
        SHOW(syscall(SYS_getppid)); });
    CHILD("number -1", {
        INSTALL(NR, IF(-1U, SECCOMP_RET_ERRNO | 11), IF(100000, SECCOMP_RET_ERRNO | 12), ALLOW);
        SHOW(syscall(-1));
        SHOW(syscall(100000));
        SHOW(syscall(100001));
    });
}

static void arguments(void)
{
    CHILD("what filters see", {
        INSTALL(NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_lseek, 1, 0), ALLOW,
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]) + 4),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x11223344, 0, 1), RET(SECCOMP_RET_ERRNO | 1),
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
            BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_LD | BPF_IMM, 3),
                BPF_STMT(BPF_ALU | BPF_MUL | BPF_X, 0),
            BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1), BPF_STMT(BPF_ALU | BPF_XOR | BPF_K, 2),
                BPF_STMT(BPF_ST, 2),
            BPF_STMT(BPF_ALU | BPF_LSH | BPF_K, 1), BPF_STMT(BPF_LDX | BPF_MEM, 2),
            BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xfff),
            BPF_STMT(BPF_ALU | BPF_OR | BPF_K, SECCOMP_RET_ERRNO), BPF_STMT(BPF_RET | BPF_A, 0));
        SHOW(syscall(SYS_lseek, 0, 0x1122334400000000, 5));
        SHOW(syscall(SYS_lseek, 0, 0, 5));
        SHOW(syscall(SYS_lseek, 0, 0, 9));
    });
    CHILD("divide by x of 0", {
        INSTALL(NR, BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_lseek, 1, 0), ALLOW,
            BPF_STMT(BPF_LDX | BPF_IMM, 0),
            BPF_STMT(BPF_ALU | BPF_DIV | BPF_X, 0), ALLOW);
        SHOW(syscall(SYS_lseek, 0, 0, 5));
    });
    CHILD("arch and length", {
        INSTALL(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
            AUDIT_ARCH_X86_64, 1, 0),
            RET(SECCOMP_RET_KILL_PROCESS), BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 64, 1, 0), RET(SECCOMP_RET_KILL_PROCESS), NR,
            IF(SYS_getuid, SECCOMP_RET_ERRNO | 9), ALLOW);
        SHOW(syscall(SYS_getuid));
    });
    CHILD("the lowest action wins", {
        INSTALL(NR, IF(SYS_getuid, SECCOMP_RET_ERRNO | 1), IF(SYS_getgid, SECCOMP_RET_ERRNO | 1), ALLOW);
        INSTALL(NR, IF(SYS_getuid, SECCOMP_RET_ERRNO | 2), IF(SYS_getgid, SECCOMP_RET_TRACE), ALLOW);
        SHOW(syscall(SYS_getuid));
        SHOW(syscall(SYS_getgid));
        status("Seccomp_filters:");
        CHILD("inherited by fork", SHOW(syscall(SYS_getuid)); status("Seccomp_filters:"));
        INSTALL(NR, IF(SYS_getuid, SECCOMP_RET_KILL_PROCESS), ALLOW);
        syscall(SYS_getuid);
    });
    CHILD("chain of 4096s", {
        static struct sock_filter many[4096];
        for (int i = 0; i < 4096; i++) { many[i] = (struct sock_filter)ALLOW; }
        struct sock_fprog p = { 4096, many };
        int n = 0;
        MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        while (n < 100 && seccomp(SECCOMP_SET_MODE_FILTER, 0, &p) == 0) { n++; }
        say("%s after %d", err_name(errno), n);
    });
}

static int stage[2];
static void *follow(void *filtered)
{
    char c;
    if (filtered) { INSTALL(ALLOW); }
    MUST(write(stage[1], "r", 1));
    while (!(*(volatile char *)&stage)) {}
    for (int i = 0; i < 5000; i++) {
        if (syscall(SYS_getppid) == -1) { say("thread: %s", err_name(errno)); return NULL; }
        sleep_ms(1);
    }
    (void)c;
    say("thread: free");
    return NULL;
}

static void *dies(void *unused)
{
    (void)unused;
    syscall(SYS_getppid);
    say("not reached");
    return NULL;
}

static void threads(void)
{
    char c;
    CHILD("tsync", {
        pthread_t t;
        pipe(stage);
        pthread_create(&t, NULL, follow, NULL);
        MUST(read(stage[0], &c, 1));
        PROGRAM(p, NR, IF(SYS_getppid, SECCOMP_RET_ERRNO | 95), ALLOW);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        long r = seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &p);
        pthread_join(t, NULL);
        SHOW(r);
    });
    CHILD("tsync, foreign filters", {
        pthread_t t;
        pipe(stage);
        pthread_create(&t, NULL, follow, "f");
        MUST(read(stage[0], &c, 1));
        PROGRAM(p, NR, IF(SYS_getppid, SECCOMP_RET_ERRNO | 95), ALLOW);
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        long r = seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &p);
        say("a thread: %d", r > 0 && r != getpid());
        SHOW(seccomp(SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
            &p));
        SHOW(prctl(PR_GET_SECCOMP));
        _exit(0);
    });
    CHILD("kill thread of two", {
        pthread_t t;
        pthread_create(&t, NULL, ({ INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_KILL_THREAD), ALLOW); dies;
            }), NULL);
        pthread_join(t, NULL);
        say("main lives");
    });
    CHILD("kill process of two", {
        pthread_t t;
        pthread_create(&t, NULL, ({ INSTALL(NR, IF(SYS_getppid, SECCOMP_RET_KILL_PROCESS), ALLOW); dies;
            }), NULL);
        pthread_join(t, NULL);
        say("not reached");
    });
}

int main(int argc, char **argv)
{
    if (argc > 1) {
        SHOW(syscall(SYS_getuid));
        SHOW(prctl(PR_GET_SECCOMP));
        status("Seccomp_filters:");
        return 0;
    }
    programs();
    errors();
    actions();
    arguments();
    threads();
    CHILD("inherited by exec", {
        INSTALL(NR, IF(SYS_getuid, SECCOMP_RET_ERRNO | 61), ALLOW);
        execl("/proc/self/exe", argv[0], "again", NULL);
    });
    return 0;
}
