// SPDX-License-Identifier: Apache-2.0
// File mappings: private and shared, coherence with read and write, copy on write, partial last page, SIGBUS
// beyond the end, offsets, after close and unlink, across fork.
// @places overlay,layer,volume,tmpfs
#include "t.h"
#include <setjmp.h>

static sigjmp_buf resume;
static void on_fault(int signal, siginfo_t *info, void *context)
{
    (void)context;
    siglongjmp(resume, signal * 100 + info->si_code);
}

static void touch(const char *what, volatile char *address)
{
    int code = sigsetjmp(resume, 1);
    if (code == 0) {
        char c = *address;
        say("%s: reads %d", what, c);
    } else {
        say("%s: %s code %d", what, sigabbrev_np(code / 100), code % 100);
    }
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
    MUST(sigaction(SIGBUS, &action, NULL));
    MUST(sigaction(SIGSEGV, &action, NULL));
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644));
    char block[10000];
    for (int i = 0; i < 10000; i++) { block[i] = 'a' + i % 26; }
    MUST(write(fd, block, sizeof block));

    char *private = MUSTP(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0));
    char *shared = MUSTP(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    say("private %c%c shared %c%c", private[0], private[9999], shared[0], shared[9999]);
    say("tail of the last page is zero: %d %d", private[10000], shared[3 * PAGE - 1]);
    shared[5] = 'X';
    char c;
    MUST(pread(fd, &c, 1, 5));
    say("store through shared, read says %c, private says %c", c, private[5]);
    private[6] = 'Y';
    MUST(pread(fd, &c, 1, 6));
    say("store through private, read says %c", c);
    MUST(pwrite(fd, "Z", 1, 7));
    say("write, shared says %c", shared[7]);
    MUST(pwrite(fd, "W", 1, 6));
    say("copied page keeps %c", private[6]);
    touch("beyond the end", shared + 3 * PAGE);
    MUST(ftruncate(fd, 5000));
    touch("in the last page", shared + 4999);
    touch("past the new end, same page", shared + 5001);
    touch("truncated page", shared + 2 * PAGE);
    MUST(ftruncate(fd, 4 * PAGE));
    touch("grown page", shared + 3 * PAGE);
    char *second = MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE));
    shared[PAGE + 1] = 'Q';
    say("offset mapping says %c", second[1]);
    CHILD("child", shared[20] = 'S'; private[20] = 'P');
    say("after fork: shared %c, private is P %d", shared[20], private[20] == 'P');
    MUST(msync(shared, PAGE, MS_SYNC));
    MUST(close(fd));
    MUST(unlink("file"));
    shared[30] = 'U';
    say("after close and unlink: %c", shared[30]);
    MUST(munmap(shared, 4 * PAGE));
    touch("unmapped", shared);

    int read_only = (int)MUST(open("/proc/self/exe", O_RDONLY));
    char *image = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, read_only, 0));
    say("ELF %d", memcmp(image, "\177ELF", 4));
    image[0] = 'E';
    say("copy %c", image[0]);
    char *empty =
        MUSTP(mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, (int)MUST(open("empty", O_RDWR | O_CREAT, 0600)), 0));
    touch("empty file", empty);
    char *zero =
        MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, (int)MUST(open("/dev/zero", O_RDWR)), 0));
    zero[1] = 1;
    touch("/dev/zero", zero);
    return 0;
}
