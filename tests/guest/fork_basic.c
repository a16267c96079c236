// SPDX-License-Identifier: Apache-2.0
// fork(2): copy on write, descriptors with shared offsets, pids, inherited and not inherited state.
// @variants static,dynamic
#include "t.h"

static int global = 1;

int main(void)
{
    int local = 2, *heap = malloc(sizeof *heap);
    *heap = 3;
    pid_t parent = getpid(), child = (pid_t)MUST(fork());
    if (child == 0) {
        say("child sees %d %d %d", global, local, *heap);
        global = local = *heap = 50;
        say("getppid is the parent %d, getpid differs %d", getppid() == parent, getpid() != parent);
        say("tid is pid %d", syscall(SYS_gettid) == getpid());
        _exit(5);
    }
    int status;
    say("wait returns the child %d", waitpid(child, &status, 0) == child);
    say_status("child", status);
    say("parent keeps %d %d %d", global, local, *heap);
    SHOW(waitpid(child, &status, 0));
    SHOW(wait(NULL));

    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
    CHILD("writer", MUST(write(fd, "child", 5)));
    say("offset is shared: %ld", (long)lseek(fd, 0, SEEK_CUR));
    CHILD("closer", MUST(close(fd)));
    SHOW(write(fd, "parent", 6));

    alarm(1000);
    sigset_t block, pending;
    sigemptyset(&block);
    sigaddset(&block, SIGUSR1);
    MUST(sigprocmask(SIG_BLOCK, &block, NULL));
    MUST(raise(SIGUSR1));
    CHILD("inheritance", {
        sigpending(&pending);
        sigset_t mask;
        sigprocmask(SIG_BLOCK, NULL, &mask);
        say("alarm %u, pending %d, mask %d", alarm(0), sigismember(&pending, SIGUSR1),
            sigismember(&mask, SIGUSR1));
        struct tms_like {
            long u;
        } unused = { 0 };
        (void)unused;
        struct rusage usage;
        getrusage(RUSAGE_CHILDREN, &usage);
        say("children's time is zero %d", usage.ru_utime.tv_sec == 0 && usage.ru_utime.tv_usec == 0);
    });
    say("parent's alarm stays %d", alarm(0) > 900);

    // Generations: each writes one letter, in order.
    CHILD("generation 1", CHILD("generation 2", CHILD("generation 3", _exit(3)); _exit(2)); _exit(1));
    char *big = MUSTP(mmap(NULL, 1024 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < 1024; i++) { big[i * PAGE] = (char)i; }
    CHILD("big", {
        int wrong = 0;
        for (int i = 0; i < 1024; i++) {
            wrong += big[i * PAGE] != (char)i;
            big[i * PAGE] = 0;
        }
        say("wrong in the child %d", wrong);
    });
    int wrong = 0;
    for (int i = 0; i < 1024; i++) { wrong += big[i * PAGE] != (char)i; }
    say("wrong in the parent %d", wrong);
    return 0;
}
