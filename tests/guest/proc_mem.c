// SPDX-License-Identifier: Apache-2.0
// /proc/PID/mem: one's own, a tracee's, another's; protections; ends; who may open it.
// @variants dynamic,static
#include "trace.h"
#include <sys/prctl.h>

static volatile int counter = 7;

static int open_mem(pid_t pid, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    return open(path, flags);
}

int main(int argc, char **argv)
{
    if (argc > 1) { pause(); }
    int value = 0, fd = open_mem(getpid(), O_RDWR);
    char *page = MUSTP(mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    char *shared = MUSTP(mmap(NULL, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memset(page, 'p', 4096);
    mprotect(page, 4096, PROT_READ);
    munmap(page + 4096, 4096);
    SHOW(pread(fd, &value, sizeof value, (long)&counter));
    say("%d", value);
    SHOW(pwrite(fd, "\x09\0\0", 4, (long)&counter));
    say("%d", counter);
    SHOW(pwrite(fd, "read only", 9, (long)page + 5));
    say("%.16s", page);
    mprotect(page, 4096, PROT_NONE);
    SHOW(pread(fd, &value, 4, (long)page));
    SHOW(pwrite(fd, "none", 4, (long)page + 1));
    mprotect(page, 4096, PROT_READ);
    say("%.16s", page);
    char buffer[64];
    SHOW(pread(fd, buffer, 64, (long)page + 4096 - 10));
    SHOW(pread(fd, buffer, 64, (long)page + 4096));
    SHOW(pwrite(fd, buffer, 64, (long)page + 4096));
    SHOW(pwrite(fd, buffer, 4, (long)shared));
    SHOW(pread(fd, buffer, 4, 1));
    SHOW(pread(fd, buffer, 0, 1));
    SHOW(lseek(fd, (long)page, SEEK_SET) == (long)page);
    SHOW(read(fd, buffer, 4));
    SHOW(lseek(fd, 0, SEEK_CUR) == (long)page + 4);
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(pwrite(fd, "\x90", 1, (long)main) == 1 && *(unsigned char *)main == 0x90);
    struct stat st;
    fstat(fd, &st);
    say("mode %o size %ld", st.st_mode, (long)st.st_size);
    close(fd);
    TRACEE(say("counter %d", counter));
    fd = open_mem(tracee, O_RDWR);
    SHOW(pread(fd, &value, sizeof value, (long)&counter));
    SHOW(pwrite(fd, "\x21\0\0", 4, (long)&counter));
    SHOW(pwrite(fd, "tracee", 6, (long)page));
    SHOW(pread(fd, buffer, 6, (long)page));
    say("%.6s", buffer);
    MUST(trace(PTRACE_CONT, tracee, 0, 0));
    await("end", tracee);
    SHOW(pread(fd, &value, sizeof value, (long)&counter));
    close(fd);
    pid_t other = (pid_t)MUST(fork());
    if (other == 0) { sleep_ms(100); execl("/proc/self/exe", argv[0], "again", NULL); }
    fd = open_mem(other, O_RDWR);
    SHOW(pread(fd, &value, sizeof value, (long)&counter));
    SHOW(pwrite(fd, "\x22\0\0", 4, (long)&counter));
    if (geteuid() == 0) {
        CHILD("not permitted", MUST(setresuid(1000, 1000, 1000)); SHOW(open_mem(other, O_RDONLY)));
    }
    char path[64], name[32] = "";
    for (int i = 0; i < 1000; i++) {
        sleep_ms(5);
        snprintf(path, sizeof path, "/proc/%d/cmdline", other);
        int c = open(path, O_RDONLY);
        char text[256] = "";
        ssize_t n = read(c, text, sizeof text);
        close(c);
        if (n > 6 && !strcmp(text + n - 6, "again")) { break; }
    }
    (void)name;
    SHOW(pread(fd, &value, sizeof value, (long)&counter));
    close(fd);
    kill(other, SIGKILL);
    siginfo_t info;
    waitid(P_PID, other, &info, WEXITED | WNOWAIT);
    if (geteuid() == 0) { SHOW(open_mem(other, O_RDONLY)); }
    waitpid(other, NULL, 0);
    return 0;
}
