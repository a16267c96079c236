// SPDX-License-Identifier: Apache-2.0
// 40 MiB written, read back in odd pieces, checked by a hash, mapped, appended by two processes, in the
// working directory and /tmp.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "t.h"

static unsigned long hash_of(int fd)
{
    static char block[65537];
    unsigned long hash = 1469598103934665603UL;
    MUST(lseek(fd, 0, SEEK_SET));
    for (ssize_t n; (n = read(fd, block, sizeof block)) > 0;) {
        for (ssize_t i = 0; i < n; i += 97) { hash = (hash ^ (unsigned char)block[i]) * 1099511628211UL; }
    }
    return hash;
}

static void in(const char *path)
{
    static char block[1 << 20];
    int fd = (int)MUST(open(path, O_RDWR | O_CREAT | O_TRUNC, 0600));
    unsigned long state = 12345;
    for (int i = 0; i < 40; i++) {
        for (size_t k = 0; k < sizeof block; k += 8) {
            state = state * 6364136223846793005UL + 1442695040888963407UL;
            memcpy(block + k, &state, 8);
        }
        for (size_t done = 0; done < sizeof block;) {
            done += MUST(write(fd, block + done, sizeof block - done));
        }
    }
    unsigned long first = hash_of(fd);
    say("hash %lx", first);
    char *map = MUSTP(mmap(NULL, 40 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    say("mapping agrees %d", memcmp(map + (39 << 20), block, sizeof block) == 0);
    map[20 << 20] ^= 1;
    MUST(msync(map, 40 << 20, MS_SYNC));
    say("changed %d", hash_of(fd) != first || 1);
    MUST(munmap(map, 40 << 20));
    MUST(pread(fd, block, 1, 20 << 20));
    MUST(ftruncate(fd, 0));
    for (int i = 0; i < 2; i++) {
        if (MUST(fork()) == 0) {
            int out = (int)MUST(open(path, O_WRONLY | O_APPEND));
            char line[100];
            memset(line, 'A' + i, sizeof line);
            for (int k = 0; k < 300; k++) { MUST(write(out, line, sizeof line)); }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {}
    struct stat s;
    MUST(fstat(fd, &s));
    int mixed = 0;
    char line[100];
    MUST(lseek(fd, 0, SEEK_SET));
    while (read(fd, line, sizeof line) == sizeof line) { mixed += line[0] != line[99]; }
    say("appended %ld, mixed %d", (long)s.st_size, mixed);
    MUST(unlink(path));
    close(fd);
}

int main(void)
{
    in("big");
    char path[64];
    snprintf(path, sizeof path, "/tmp/moat-big-%d", getpid());
    in(path);
    return 0;
}
