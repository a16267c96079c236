// SPDX-License-Identifier: Apache-2.0
// execve(2): every errno that can be provoked, #! scripts, argv and environment, what survives and what does
// not, fexecve.
// @variants static,dynamic
// @timeout 40
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <elf.h>
#include <sys/prctl.h>

extern char **environ;

static int report(int argc, char **argv)
{
    say("  argc %d argv[0] '%s' last '%s' X=%s", argc, argc ? argv[0] : "", argc > 2 ? argv[argc - 1] : "",
        getenv("X") ? getenv("X") : "unset");
    sigset_t mask, pending;
    struct sigaction usr1, usr2;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    sigpending(&pending);
    sigaction(SIGUSR1, NULL, &usr1);
    sigaction(SIGUSR2, NULL, &usr2);
    say("  masked %d pending %d handled is default %d ignored stays %d", sigismember(&mask, SIGINT),
        sigismember(&pending, SIGINT), usr1.sa_handler == SIG_DFL, usr2.sa_handler == SIG_IGN);
    say("  fd 20 %s, fd 21 %s", fcntl(20, F_GETFD) == -1 ? "closed" : "open",
        fcntl(21, F_GETFD) == -1 ? "closed" : "open");
    char name[17] = "";
    prctl(PR_GET_NAME, name);
    stack_t stack;
    sigaltstack(NULL, &stack);
    say("  comm %s, alternate stack %d", name, stack.ss_flags != SS_DISABLE);
    return 33;
}

static void attempt(const char *path)
{
    char *arguments[] = { "name", "one", NULL };
    CHILD(path, execve(path, arguments, environ); say("  %s", err_name(errno)); _exit(1));
}

static void *sleeper(void *unused)
{
    (void)unused;
    for (;;) { pause(); }
    return NULL;
}
static void *executor(void *path)
{
    execl(path, "from-a-thread", "report", NULL);
    return NULL;
}

static char self[PATH_MAX];

static void write_elf(const char *name, unsigned machine, unsigned type, unsigned char class, int length)
{
    Elf64_Ehdr header = { .e_ident = { 0x7f, 'E', 'L', 'F', class, ELFDATA2LSB, EV_CURRENT },
        .e_type = type,
        .e_machine = machine,
        .e_version = EV_CURRENT,
        .e_entry = 0x400000,
        .e_phoff = sizeof header,
        .e_ehsize = sizeof header,
        .e_phentsize = sizeof(Elf64_Phdr),
        .e_phnum = 0 };
    int fd = (int)MUST(open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755));
    MUST(write(fd, &header, length));
    close(fd);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "report") == 0) { return report(argc, argv); }
    MUST(readlink("/proc/self/exe", self, sizeof self - 1));
    attempt("/nonexistent");
    attempt("");
    attempt("/");
    attempt("/etc/passwd/x");
    attempt("/bin/true");
    attempt("/bin/false");
    put_file("not-executable", "#!/bin/sh\n", 0644);
    attempt("./not-executable");
    put_file("garbage", "this is no program", 0755);
    attempt("./garbage");
    put_file("empty", "", 0755);
    attempt("./empty");
    put_file("script", "#!/bin/sh\necho \"  script $0 $1 $#\"\nexit 4\n", 0755);
    attempt("./script");
    put_file("script-argument", "#!/bin/echo   two words  \n", 0755);
    attempt("./script-argument");
    put_file("script-missing", "#!/nonexistent/interpreter\n", 0755);
    attempt("./script-missing");
    put_file("script-blank", "#!\n", 0755);
    attempt("./script-blank");
    put_file("script-no-newline", "#!/bin/echo", 0755);
    attempt("./script-no-newline");
    put_file("script-script", "#!./script\n", 0755);
    attempt("./script-script");
    put_file("script-loop", "#!./script-loop\n", 0755);
    attempt("./script-loop");
    put_file("script-dir", "#!/tmp\n", 0755);
    attempt("./script-dir");
    MUST(symlink("script", "linked"));
    attempt("./linked");
    MUST(symlink("loop", "loop"));
    attempt("./loop");
    MUST(mkfifo("fifo", 0755));
    attempt("./fifo");
    write_elf("short-elf", EM_X86_64, ET_EXEC, ELFCLASS64, 30);
    attempt("./short-elf");
    write_elf("foreign", EM_AARCH64, ET_EXEC, ELFCLASS64, sizeof(Elf64_Ehdr));
    attempt("./foreign");
    write_elf("relocatable", EM_X86_64, ET_REL, ELFCLASS64, sizeof(Elf64_Ehdr));
    attempt("./relocatable");
    write_elf("no-headers", EM_X86_64, ET_EXEC, ELFCLASS64, sizeof(Elf64_Ehdr));
    attempt("./no-headers");
    int busy = (int)MUST(open("script", O_WRONLY));
    attempt("./script");
    close(busy);
    char longer[5000];
    memset(longer, 'a', 4999);
    longer[4999] = 0;
    CHILD("name too long", execl(longer, "x", NULL); say("  %s", err_name(errno)));
    CHILD("bad path", syscall(SYS_execve, BAD, NULL, NULL); say("  %s", err_name(errno)));
    CHILD("bad argv", syscall(SYS_execve, "/bin/true", BAD, NULL); say("  %s", err_name(errno)));
    CHILD("bad argv entry", {
        char *a[] = { "x", BAD, NULL };
        syscall(SYS_execve, "/bin/true", a, NULL);
        say("  %s", err_name(errno));
    });
    CHILD("bad environment", {
        char *a[] = { "x", NULL };
        syscall(SYS_execve, "/bin/true", a, BAD);
        say("  %s", err_name(errno));
    });
    CHILD("one long argument", {
        char *big = malloc(140000);
        memset(big, 'b', 139999);
        big[139999] = 0;
        execl("/bin/true", "true", big, NULL);
        say("  %s", err_name(errno));
        big[131000] = 0;
        execl("/bin/true", "true", big, NULL);
    });
    CHILD("too many arguments", {
        static char *many[40];
        char *big = malloc(130000);
        memset(big, 'c', 129999);
        big[129999] = 0;
        for (int i = 0; i < 39; i++) { many[i] = big; }
        setrlimit(RLIMIT_STACK, &(struct rlimit){ 1 << 20, 8 << 20 });
        execv("/bin/true", many);
        say("  %s", err_name(errno));
    });
    CHILD("no arguments at all", {
        char *none[] = { NULL };
        execve("/bin/true", none, none);
        say("  %s", err_name(errno));
    });

    setenv("X", "value", 1);
    CHILD("what survives", {
        sigset_t mask;
        sigemptyset(&mask);
        sigaddset(&mask, SIGINT);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        raise(SIGINT);
        signal(SIGUSR1, (void (*)(int))sleeper);
        signal(SIGUSR2, SIG_IGN);
        dup2(1, 20);
        dup3(1, 21, O_CLOEXEC);
        static char stack[65536];
        sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof stack }, NULL);
        prctl(PR_SET_NAME, "before");
        execl(self, "survivor", "report", "end", NULL);
    });
    CHILD("with other threads", {
        pthread_t t;
        for (int i = 0; i < 3; i++) { pthread_create(&t, NULL, sleeper, NULL); }
        execl(self, "threads-gone", "report", NULL);
    });
    CHILD("from another thread", {
        pthread_t t;
        pthread_create(&t, NULL, executor, self);
        for (;;) { pause(); }
    });
    CHILD("fexecve", {
        int fd = open(self, O_RDONLY | O_CLOEXEC);
        char *a[] = { "by-fd", "report", NULL };
        fexecve(fd, a, environ);
        say("  %s", err_name(errno));
    });
    CHILD("execveat empty path", {
        int fd = open("script", O_RDONLY);
        syscall(SYS_execveat, fd, "", NULL, NULL, 0);
        say("  %s", err_name(errno));
    });
    CHILD("execveat on a link", {
        char *a[] = { "x", NULL };
        syscall(SYS_execveat, AT_FDCWD, "linked", a, environ, AT_SYMLINK_NOFOLLOW);
        say("  %s", err_name(errno));
    });
    CHILD("pid stays", {
        char pid[20];
        snprintf(pid, sizeof pid, "%d", getpid());
        execl("/bin/sh", "sh", "-c", "test $$ = $0 && echo '  same pid'", pid, NULL);
    });
    CHILD("empty environment", {
        char *none[] = { NULL };
        char *a[] = { "/usr/bin/env", NULL };
        execve(a[0], a, none);
    });
    return 0;
}
