// SPDX-License-Identifier: Apache-2.0
// The C library's own call sites, each run for its first time by eight threads at once: children of a process
// that has called none of them, over and over, each thread looking at its own results.
// @variants static,dynamic
// @timeout 60
#include "sites.h"
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

enum { THREADS = 8 };
static struct meeting start;
static volatile int wrong;
static long self, parent;

#define EXPECT(call, wanted) \
    do { \
        errno = 0; \
        long got_ = (long)(call); \
        if (got_ != (long)(wanted)) { \
            __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED); \
            say("%s = %ld %s", #call, got_, err_name(errno)); \
        } \
    } while (0)

static void *worker(void *number)
{
    long me = (long)number;
    char name[32], text[64], path[PATH_MAX];
    struct stat s;
    int p[2], pair[2];
    snprintf(name, sizeof name, "file%ld.%ld", me, self % 2);
    meet(&start);
    EXPECT(getppid(), parent);
    EXPECT(syscall(SYS_gettid), gettid());
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC, 0600);
    EXPECT(write(fd, name, strlen(name)), strlen(name));
    meet(&start);
    EXPECT(lseek(fd, 0, SEEK_SET), 0);
    EXPECT(read(fd, text, sizeof text), strlen(name));
    EXPECT(memcmp(text, name, strlen(name)), 0);
    EXPECT(pread(fd, text, 2, 2), 2);
    EXPECT(pwrite(fd, "xy", 2, 100), 2);
    meet(&start);
    EXPECT(fstat(fd, &s), 0);
    EXPECT(s.st_size, 102);
    EXPECT(stat(name, &s), 0);
    EXPECT(lstat("nothing", &s), -1);
    EXPECT(access(name, R_OK), 0);
    EXPECT(ftruncate(fd, 10 + me), 0);
    meet(&start);
    EXPECT(pipe(p), 0);
    EXPECT(write(p[1], name, 5), 5);
    struct pollfd polled = { p[0], POLLIN, 0 };
    EXPECT(poll(&polled, 1, -1), 1);
    EXPECT(read(p[0], text, 64), 5);
    EXPECT(fcntl(p[0], F_GETFD), 0);
    EXPECT(dup2(p[0], (int)(300 + me)), 300 + me);
    EXPECT(close((int)(300 + me)), 0);
    meet(&start);
    EXPECT(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    EXPECT(send(pair[0], "abcdef", 6, 0), 6);
    EXPECT(recv(pair[1], text, 3 + me % 3, 0), 3 + me % 3);
    struct iovec v[2] = { { text, 1 }, { text + 8, 1 } };
    EXPECT(writev(p[1], v, 2), 2);
    EXPECT(readv(p[0], v, 2), 2);
    meet(&start);
    int ep = epoll_create1(0), event = eventfd(3, 0);
    struct epoll_event e = { EPOLLIN, { .u64 = (uint64_t)me } };
    EXPECT(epoll_ctl(ep, EPOLL_CTL_ADD, event, &e), 0);
    e.data.u64 = 99;
    EXPECT(epoll_wait(ep, &e, 1, -1), 1);
    EXPECT(e.data.u64, me);
    meet(&start);
    struct timespec moment = { 0, 1000 };
    EXPECT(nanosleep(&moment, NULL), 0);
    EXPECT(getcwd(path, sizeof path) == path, 1);
    EXPECT(mkdir(strcat(name, ".d"), 0700), 0);
    EXPECT(rmdir(name), 0);
    void *m = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT(m != MAP_FAILED, 1);
    EXPECT(mprotect(m, 4096, PROT_READ), 0);
    EXPECT(madvise(m, 8192, MADV_DONTNEED), 0);
    EXPECT(munmap(m, 8192), 0);
    meet(&start);
    EXPECT(sched_yield(), 0);
    sigset_t set;
    sigemptyset(&set);
    EXPECT(sigprocmask(SIG_BLOCK, &set, NULL), 0);
    EXPECT(kill((pid_t)self, 0), 0);
    EXPECT(umask(022) >= 0, 1);
    EXPECT(getuid() == geteuid(), 1);
    EXPECT(close(ep) | close(event) | close(fd) | close(p[0]) | close(p[1]) | close(pair[0]) | close(pair[1]),
        0);
    EXPECT(close(99), -1);
    return NULL;
}

int main(void)
{
    int ok = 0;
    for (int i = 0; i < 40; i++) {
        pid_t child = fork();
        if (child == 0) {
            self = syscall(SYS_getpid);
            parent = syscall(SYS_getppid);
            start = (struct meeting){ .wanted = THREADS };
            pthread_t t[THREADS];
            for (long k = 0; k < THREADS; k++) { pthread_create(&t[k], NULL, worker, (void *)k); }
            for (int k = 0; k < THREADS; k++) { pthread_join(t[k], NULL); }
            _exit(wrong ? 1 : 3);
        }
        int status;
        if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 3) { ok++; }
    }
    say("right %d", ok);
    return 0;
}
