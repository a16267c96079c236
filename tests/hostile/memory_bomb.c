// SPDX-License-Identifier: Apache-2.0
// Takes much memory and many mappings, in several processes; absurd sizes; all of it is given back.
// @host no
// @timeout 120
#include "../guest/t.h"

int main(void)
{
    for (int i = 0; i < 3; i++) {
        CHILD("256 MiB", {
            char *p =
                MUSTP(mmap(NULL, 256 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
            for (size_t k = 0; k < 256 << 20; k += 4096) { p[k] = 1; }
        });
    }
    CHILD("70,000 mappings", {
        int n = 0;
        char *p =
            MUSTP(mmap(NULL, 70000UL * 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
        while (n < 70000 && mprotect(p + n * 8192UL, 4096, PROT_READ | PROT_WRITE) == 0) { n++; }
        fprintf(stderr, "mappings %d %s\n", n, n < 70000 ? err_name(errno) : "");
        _exit(n > 1000 ? 0 : 1);
    });
    CHILD("huge numbers", {
        void *p =
            mmap(NULL, 1UL << 46, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p != MAP_FAILED) { munmap(p, 1UL << 46); }
        struct iovec many[1024];
        for (int i = 0; i < 1024; i++) { many[i] = (struct iovec){ (void *)0x10000, SSIZE_MAX / 1024 }; }
        writev(1, many, 1024);
        readv(0, many, 1024);
        syscall(SYS_poll, (void *)0x10000, 1 << 30, 0);
        syscall(SYS_write, 99, (void *)0x10000, -1L);
        syscall(SYS_getrandom, p, 1L << 40, 0);
        int fd = open("sparse", O_RDWR | O_CREAT, 0600);
        ftruncate(fd, LONG_MAX);
        pwrite(fd, "x", 1, LONG_MAX - 1);
        pread(fd, many, sizeof many, LONG_MAX - 100);
        syscall(SYS_fallocate, fd, 0, 0, LONG_MAX);
        _exit(0);
    });
    CHILD("a full /tmp ends in ENOSPC or the limit of the test", {
        int fd = open("/tmp/full", O_RDWR | O_CREAT, 0600);
        static char block[1 << 20];
        int n = 0;
        while (n < 200 && write(fd, block, sizeof block) > 0) { n++; }
        fprintf(stderr, "/tmp took %d MiB\n", n);
        unlink("/tmp/full");
        _exit(0);
    });
    return 0;
}
