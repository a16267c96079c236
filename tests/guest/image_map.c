// SPDX-License-Identifier: Apache-2.0
// @identities root
// Maps its own program file around its end: what lies behind must fault, whatever file system it is on. The tests of
// images run it from images, where other files' bytes come next.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

static sigjmp_buf back;

static void on_fault(int signal) {
    siglongjmp(back, signal);
}

static int touch(volatile unsigned char *at) {
    int signal = sigsetjmp(back, 1);
    if (signal == 0) {
        return *at;
    }
    return -signal;
}

static unsigned long sum(const unsigned char *from, unsigned long length) {
    unsigned long total = 5381;
    for (unsigned long i = 0; i < length; i++) {
        total = total * 33 + from[i];
    }
    return total;
}

static void check(const char *what, int fd, unsigned long size, int flags, int protection) {
    unsigned long pages = (size + PAGE - 1) / PAGE;
    unsigned char *at = mmap(NULL, (pages + 3) * PAGE, protection, flags, fd, 0);
    if (at == MAP_FAILED) {
        printf("%s: mmap: %s\n", what, strerror(errno));
        return;
    }
    unsigned char *copy = malloc(size);
    unsigned long have = 0;
    while (have < size) {
        ssize_t n = pread(fd, copy + have, size - have, have);
        if (n <= 0) {
            break;
        }
        have += n;
    }
    printf("%s: all read %d, same as mapped %d\n", what, have == size, sum(copy, size) == sum(at, size));
    int zeros = 1;
    for (unsigned long i = size; i < pages * PAGE; i++) {
        zeros &= touch(at + i) == 0;
    }
    printf("%s: rest of the page is zero %d, behind it %d %d\n", what, zeros, touch(at + pages * PAGE),
        touch(at + (pages + 2) * PAGE));
    unsigned char *more = mmap(NULL, 2 * PAGE, protection, flags, fd, pages * PAGE);
    printf("%s: mapped behind the end: %d\n", what, more == MAP_FAILED ? errno : touch(more));
    if (protection & PROT_WRITE) {
        at[0] ^= 0xff;
        at[size - 1] ^= 0xff;
        printf("%s: written privately, file the same %d\n", what, pread(fd, copy, 1, 0) == 1 && copy[0] != at[0]);
    }
    pid_t child = fork();
    if (child == 0) {
        _exit(touch(at + size - 1) >= 0 && touch(at + pages * PAGE) == -SIGBUS ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    printf("%s: the same in a child %d\n", what, status == 0);
    int protected = mprotect(at, (pages + 3) * PAGE, PROT_READ);
    printf("%s: protect %d %d unmap %d\n", what, protected, touch(at + pages * PAGE),
        munmap(at, (pages + 3) * PAGE));
    free(copy);
}

static void check_file(const char *path) {
    int fd = open(path, O_RDONLY);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        printf("%s: %s\n", path, strerror(errno));
        return;
    }
    printf("size %d\n", (int)(status.st_size > 0));
    check("private", fd, status.st_size, MAP_PRIVATE, PROT_READ);
    check("private writable", fd, status.st_size, MAP_PRIVATE, PROT_READ | PROT_WRITE);
    check("shared", fd, status.st_size, MAP_SHARED, PROT_READ);
    printf("shared writable: %d\n", mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? errno : 0);
    close(fd);
}

int main(int argc, char **argv) {
    signal(SIGBUS, on_fault);
    signal(SIGSEGV, on_fault);
    check_file("/proc/self/exe");
    for (int i = 1; i < argc; i++) {
        check_file(argv[i]);
    }
    return 0;
}
