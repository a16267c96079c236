// SPDX-License-Identifier: Apache-2.0
// Results in memory that others see: a MAP_SHARED mapping read by another process as soon as the call is
// back, file mappings beyond their end (SIGBUS is EFAULT), stacks and text as buffers, and buffers that
// another thread unmaps, protects and truncates while calls use them.
// @timeout 60
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <sys/epoll.h>
#include <sys/socket.h>

static int zero, file, ends[2], pair[2];
static char pattern[8192];

// The parent makes calls into shared memory, and says so by a word in it; the child looks at once.
struct board {
    volatile int turn, stop;
    volatile long bad;
    char data[8192];
    struct stat status;
    struct pollfd polls[2];
    struct epoll_event events[2];
    struct timespec time;
};

static void watch(struct board *board)
{
    for (int turn = 1; !board->stop; turn++) {
        for (long spins = 0; __atomic_load_n(&board->turn, __ATOMIC_ACQUIRE) != turn; spins++) {
            if (board->stop) { return; }
            if (spins > 500) { sched_yield(); }
        }
        if (memcmp(board->data, pattern + turn % 7, 4096) != 0) { board->bad++; }
        if (board->status.st_size != sizeof pattern) { board->bad++; }
        if (board->polls[0].revents != POLLOUT || board->polls[1].revents != 0) { board->bad++; }
        if (board->events[0].data.u64 != 77) { board->bad++; }
        if (board->time.tv_nsec < 0 || board->time.tv_sec < 0) { board->bad++; }
        __atomic_store_n(&board->turn, -turn, __ATOMIC_RELEASE);
    }
}

static void seen_by_others(void)
{
    struct board *board = MUSTP(mmap(NULL, sizeof *board, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    int ep = (int)MUST(epoll_create1(0));
    struct epoll_event event = { EPOLLOUT, { .u64 = 77 } };
    MUST(epoll_ctl(ep, EPOLL_CTL_ADD, ends[1], &event));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        watch(board);
        _exit(0);
    }
    for (int turn = 1; turn <= 400; turn++) {
        memset(board->data, 0, sizeof board->data);
        memset(&board->status, 0xff, sizeof board->status);
        memset(board->events, 0, sizeof board->events);
        board->time.tv_nsec = -1;
        board->polls[0] = (struct pollfd){ ends[1], POLLOUT, 0x77 };
        board->polls[1] = (struct pollfd){ ends[0], POLLIN, 0x77 };
        SYS(fstat, file, &board->status);
        SYS(poll, board->polls, 2, 0);
        SYS(epoll_wait, ep, board->events, 2, 0);
        SYS(clock_gettime, CLOCK_MONOTONIC, &board->time);
        if (SYS(pread64, file, board->data, 4096, turn % 7) != 4096) { board->bad++; }
        __atomic_store_n(&board->turn, turn, __ATOMIC_RELEASE);
        for (long spins = 0; __atomic_load_n(&board->turn, __ATOMIC_ACQUIRE) != -turn; spins++) {
            if (spins > 500) { sched_yield(); }
        }
    }
    board->stop = 1;
    int status;
    MUST(waitpid(child, &status, 0));
    say("seen late %ld", board->bad);
    close(ep);
}

static void beyond_the_end(void)
{
    int fd = (int)MUST(open("short", O_RDWR | O_CREAT | O_TRUNC, 0600));
    MUST(pwrite(fd, "path", 5, 4096 - 5));
    for (int flags = MAP_PRIVATE; flags; flags = flags == MAP_PRIVATE ? MAP_SHARED : 0) {
        char *p = MUSTP(mmap(NULL, 3 * 4096, RW, flags, fd, 0)), *end = p + 4096;
        say("%s", flags == MAP_SHARED ? "shared" : "private");
        SHOW(read(zero, p, 100));
        SHOW(read(zero, end, 100));
        SHOW(read(zero, end - 50, 100));
        SHOW(pread(file, end - 50, 100, 0));
        SHOW(pread(file, end - 4000, 8000, 0));
        SHOW(write(ends[1], end, 10));
        SHOW(write(ends[1], end - 5, 10));
        SHOW(write(ends[1], end - 10, 10));
        MUST(pwrite(fd, "path", 5, 4096 - 5));
        SHOW(access(end - 5, F_OK));
        SHOW(access(end, F_OK));
        SHOW(syscall(SYS_fstat, file, end));
        SHOW(syscall(SYS_fstat, file, end - 10));
        SHOW(syscall(SYS_poll, end, 1, 0));
        SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, end));
        SHOW(syscall(SYS_futex, end, 0, 0, NULL));
        // Grown, it can be used; shrunk again, not.
        MUST(ftruncate(fd, 8192));
        SHOW(read(zero, end - 50, 100));
        MUST(ftruncate(fd, 4096));
        SHOW(syscall(SYS_fstat, file, end + 100));
        MUST(munmap(p, 3 * 4096));
    }
    // A file that reads itself through its own mapping.
    MUST(ftruncate(fd, 8192));
    char *p = MUSTP(mmap(NULL, 8192, RW, MAP_SHARED, fd, 0));
    memset(p, 'a', 4096);
    memset(p + 4096, 'b', 4096);
    SHOW(pread(fd, p, 4096, 4096));
    SHOW(pwrite(fd, p + 4096, 100, 0));
    SHOW(pread(fd, p + 10, 4000, 0));
    say("%c %c", p[0], p[4095]);
    MUST(munmap(p, 8192));
    close(fd);
}

// Buffers that are what the program needs most.
static void own_memory(void)
{
    char top;
    SHOW(read(zero, (void *)seen_by_others, 10));
    SHOW(syscall(SYS_fstat, file, (void *)"constant"));
    SHOW(read(zero, &top, 1));
    // Far below the stack pointer, where the stack has not grown to yet: the kernel lets it.
    char *deep = &top - 300000;
    OK(syscall(SYS_pread64, file, deep, 4096, 0));
    say("grown %d", memcmp(deep, pattern, 4096) == 0);
    // Untouched memory, and memory that was given back.
    char *fresh = MUSTP(mmap(NULL, 1 << 20, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    SHOW(pread(file, fresh + 4090, 8000, 0));
    MUST(madvise(fresh, 1 << 20, MADV_DONTNEED));
    SHOW(pread(file, fresh + 8190, 100, 0));
    say("right %d", memcmp(fresh + 8190, pattern, 100) == 0 && fresh[4095] == 0);
    SHOW(write(pair[0], fresh + 500000, 5000));
    SHOW(recv(pair[1], fresh + 600000, 5000, 0));
    // Copy on write: the child's memory stays as it was.
    CHILD("child", usleep(20000); _exit(fresh[8190] == pattern[0] ? 3 : 4));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        usleep(20000);
        _exit(memcmp(fresh + 8190, pattern, 100) == 0 ? 5 : 6);
    }
    MUST(pread(file, fresh + 8190, 100, 50));
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("what was read after the fork", status);
}

static char *arena;
static volatile int finished;
static void *breaker(void *unused)
{
    (void)unused;
    unsigned random = 12345;
    while (!finished) {
        random = random * 1103515245 + 12345;
        char *page = arena + (random >> 16) % 8 * 4096L;
        switch (random >> 8 & 7) {
            case 0: munmap(page, 4096); break;
            case 1: mprotect(page, 4096, PROT_NONE); break;
            case 2: mprotect(page, 4096, PROT_READ); break;
            case 3: madvise(page, 4096, MADV_DONTNEED); break;
            case 4: mmap(page, 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0); break;
            case 5: mmap(page, 4096, RW, MAP_SHARED | MAP_FIXED, file, 4096); break;
            default: mprotect(page, 4096, RW); break;
        }
    }
    return NULL;
}

static volatile long odd;
static void check(long r, long most)
{
    if (r > most ||
        (r < 0 && errno != EFAULT && errno != EAGAIN && errno != ENOENT && errno != ENAMETOOLONG &&
            errno != EINVAL && errno != EMSGSIZE && errno != ENOTDIR && errno != EBADF)) {
        odd++;
        say("odd %ld %s", r, err_name(errno));
    }
}

static void *caller(void *seed)
{
    unsigned random = (unsigned)(long)seed;
    for (int i = 0; i < 3000; i++) {
        random = random * 1103515245 + 12345;
        char *p = arena + (random >> 12) % (8 * 4096 - 5000);
        switch (i % 12) {
            case 0: check(SYS(read, zero, p, 5000), 5000); break;
            case 1: check(SYS(pread64, file, p, 5000, 0), 5000); break;
            case 2: check(SYS(fstat, file, p), 0); break;
            case 3: check(SYS(access, p, F_OK), 0); break;
            case 4: check(SYS(poll, p, 3, 0), 3); break;
            case 5: check(SYS(sendto, pair[0], p, 2000, MSG_DONTWAIT, NULL, 0), 2000); break;
            case 6: check(SYS(recvfrom, pair[1], p, 4000, MSG_DONTWAIT, NULL, NULL), 4000); break;
            case 7: check(SYS(readv, zero, p, 3), LONG_MAX); break;
            case 8: check(SYS(getrandom, p, 200, 0), 200); break;
            case 9: check(SYS(uname, p), 0); break;
            case 10: check(SYS(rt_sigprocmask, SIG_BLOCK, NULL, p, 8), 0); break;
            default: check(SYS(getcwd, p, 4096), 4096); break;
        }
    }
    return NULL;
}

static void moving_buffers(void)
{
    arena = MUSTP(
        mmap((char *)BAD_BASE + 0x8000000, 8 * 4096, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
    pthread_t breaking, calling[3];
    pthread_create(&breaking, NULL, breaker, NULL);
    for (long i = 0; i < 3; i++) { pthread_create(&calling[i], NULL, caller, (void *)(i + 1)); }
    for (int i = 0; i < 3; i++) { pthread_join(calling[i], NULL); }
    finished = 1;
    pthread_join(breaking, NULL);
    say("moving buffers: odd %ld", odd);
}

int main(void)
{
    bad_init();
    for (unsigned i = 0; i < sizeof pattern; i++) { pattern[i] = (char)(i * 13 + i / 100); }
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    file = (int)MUST(open("f", O_RDWR | O_CREAT | O_TRUNC, 0600));
    MUST(write(file, pattern, sizeof pattern));
    MUST(pipe(ends));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    seen_by_others();
    beyond_the_end();
    own_memory();
    moving_buffers();
    return 0;
}
