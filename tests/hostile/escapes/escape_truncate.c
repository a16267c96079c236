// SPDX-License-Identifier: Apache-2.0
// A file that becomes shorter under a mapping, by the host's hand and by the guest's: SIGBUS for who touches it, EFAULT
// for a call that is given it, and the sandbox goes on.
#include "escape.h"
#include <linux/futex.h>
#include <sys/syscall.h>

static char *map(const char *name, int shared, int protection)
{
    int fd = (int)MUST(open(name, protection & PROT_WRITE && shared ? O_RDWR : O_RDONLY));
    char *at = MUSTP(mmap(NULL, 4 * PAGE, protection, shared ? MAP_SHARED : MAP_PRIVATE, fd, 0));
    close(fd);
    return at;
}

static void use(const char *what, char *at)
{
    int ends[2], null = (int)MUST(open("/dev/null", O_WRONLY));
    char byte;
    struct iovec vector = { at + 2 * PAGE, 100 };
    say("%s", what);
    CHILD("first page", byte = *(volatile char *)at);
    CHILD("read", byte = *(volatile char *)(at + 2 * PAGE));
    CHILD("write", *(volatile char *)(at + 3 * PAGE) = 1);
    (void)byte;
    MUST(pipe(ends));
    SHOW(write(ends[1], at + 2 * PAGE, 1));
    SHOW(write(ends[1], at + 2 * PAGE, 5000));
    SHOW(writev(ends[1], &vector, 1));
    MUST(write(ends[1], "text", 4));
    SHOW(read(ends[0], at + 2 * PAGE, 4));
    SHOW(open(at + 2 * PAGE, O_RDONLY));
    SHOW(stat("/", (struct stat *)(at + 2 * PAGE)));
    SHOW(execve(at + 2 * PAGE, NULL, NULL));
    SHOW(syscall(SYS_futex, at + 2 * PAGE, FUTEX_WAIT, 0, NULL, NULL, 0));
    SHOW(nanosleep((struct timespec *)(at + 3 * PAGE), NULL));
    SHOW(pwrite(null, at + PAGE - 10, 20, 0));
    CHILD("stack", {
        stack_t stack = { .ss_sp = at + 2 * PAGE, .ss_size = 2 * PAGE };
        struct sigaction action = { .sa_handler = SIG_DFL, .sa_flags = SA_ONSTACK };
        MUST(sigaltstack(&stack, NULL));
        action.sa_handler = (void (*)(int))_exit;
        MUST(sigaction(SIGUSR1, &action, NULL));
        raise(SIGUSR1);
        _exit(9);
    });
    CHILD("madvise", MUST(madvise(at, 4 * PAGE, MADV_WILLNEED)); byte = at[0]);
    close(ends[0]);
    close(ends[1]);
    close(null);
    MUST(munmap(at, 4 * PAGE));
}

int main(int argc, char **argv)
{
    (void)argc;
    begin(argv);
    char *at = map("shrinks", 1, PROT_READ);
    CHILD("before", _exit(at[3 * PAGE] == 'i' ? 0 : 1));
    char *own = map("shrinks", 0, PROT_READ | PROT_WRITE), *code = map("shrinks", 1, PROT_READ | PROT_EXEC);
    own[2 * PAGE] = 'm';
    host("truncate shrinks");
    use("shared, by the host", at);
    // Also a page of its own is gone.
    CHILD("own page", _exit(own[2 * PAGE] == 'm' ? 0 : 1));
    CHILD("own read", _exit(own[3 * PAGE]));
    CHILD("code", ((void (*)(void))(code + 2 * PAGE))());
    host("grow shrinks");
    CHILD("again", _exit(code[3 * PAGE]));
    if (writable_tree) {
        put_file("mine", "inside", 0666);
        MUST(truncate("mine", 4 * PAGE));
        at = map("mine", 1, PROT_READ | PROT_WRITE);
        at[3 * PAGE] = 'i';
        MUST(truncate("mine", PAGE));
        use("shared, by the guest", at);
        at = map("mine", 0, PROT_READ | PROT_WRITE);
        use("private, by the guest", at);
        // The host and the guest at the same time, with calls that are given the file's memory.
        MUST(truncate("mine", 4 * PAGE));
        at = map("mine", 1, PROT_READ | PROT_WRITE);
        host("flicker mine");
        int ends[2], strange = 0;
        char block[4096];
        MUST(pipe(ends));
        for (int i = 0; i < 20000; i++) {
            ssize_t n = write(ends[1], at + 2 * PAGE + i % PAGE, 1 + i % 3000);
            strange += n == -1 && errno != EFAULT;
            if (n > 0) { strange += read(ends[0], i % 2 ? block : at, n) <= 0 && errno != EFAULT; }
        }
        host("calm");
        say("strange %d", strange);
        MUST(munmap(at, 4 * PAGE));
        SHOW(unlink("mine"));
    }
    say("alive");
    return 0;
}
