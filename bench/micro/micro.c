// SPDX-License-Identifier: Apache-2.0
// The micro benchmarks: `micro ROW...` prints, for each row, nanoseconds per operation: the median of several
// batches. One static binary, run unchanged on the host and inside every sandbox. `micro --list` names the
// rows, `micro --idle` sleeps until its input closes, `micro --quick` makes short batches. Build: gcc -O2
// -static -pthread micro.c -o micro
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096
#define BATCHES 9

static char buffer[1 << 20];
static int fd_a, fd_b, pipe_a[2], pipe_b[2];
static char *memory;
static size_t memory_pages;
static char temporary[64], missing[64], created[64];

static void check(long result, const char *what)
{
    if (result == -1) {
        fprintf(stderr, "micro: %s: %s\n", what, strerror(errno));
        exit(1);
    }
}

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void nothing(void) {}

static void getppid_run(long n)
{
    while (n--) { syscall(SYS_getppid); }
}
static void clock_run(long n)
{
    struct timespec t;
    while (n--) { clock_gettime(CLOCK_MONOTONIC, &t); }
}
static void cpu_run(long n)
{
    volatile uint64_t sink;
    uint64_t x = 88172645463325252ULL;
    while (n--) {
        for (int i = 0; i < 1000; i++) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }
    }
    sink = x;
    (void)sink;
}

static void zero_open(void) { check(fd_a = open("/dev/zero", O_RDONLY), "/dev/zero"); }
static void close_a(void) { close(fd_a); }
static void read1_run(long n)
{
    while (n--) { check(read(fd_a, buffer, 1), "read"); }
}
static void file_open(void)
{
    check(fd_a = open(temporary, O_RDWR | O_CREAT | O_TRUNC, 0600), temporary);
    memset(buffer, 1, sizeof buffer);
    check(pwrite(fd_a, buffer, sizeof buffer, 0), "pwrite");
}
static void file_close(void)
{
    close(fd_a);
    unlink(temporary);
}
static void pwrite4k_run(long n)
{
    while (n--) { check(pwrite(fd_a, buffer, 4096, 4096), "pwrite"); }
}
static void pread4k_run(long n)
{
    while (n--) { check(pread(fd_a, buffer, 4096, 4096), "pread"); }
}
static void pread64k_run(long n)
{
    while (n--) { check(pread(fd_a, buffer, 65536, 0), "pread"); }
}
static void pread1m_run(long n)
{
    while (n--) { check(pread(fd_a, buffer, 1 << 20, 0), "pread"); }
}
static void pwrite64k_run(long n)
{
    while (n--) { check(pwrite(fd_a, buffer, 65536, 0), "pwrite"); }
}
static void pwrite1m_run(long n)
{
    while (n--) { check(pwrite(fd_a, buffer, 1 << 20, 0), "pwrite"); }
}
static void fstat_run(long n)
{
    struct stat s;
    while (n--) { check(fstat(fd_a, &s), "fstat"); }
}
static void stat_run(long n)
{
    struct stat s;
    while (n--) { check(stat(temporary, &s), "stat"); }
}
static void stat_usr_run(long n)
{
    struct stat s;
    while (n--) { check(stat("/usr/bin/env", &s), "stat"); }
}
static void stat_missing_run(long n)
{
    struct stat s;
    while (n--) { stat(missing, &s); }
}
static void open_close_run(long n)
{
    while (n--) {
        int fd = open(temporary, O_RDONLY);
        check(fd, "open");
        close(fd);
    }
}
static void create_unlink_run(long n)
{
    while (n--) {
        int fd = open(created, O_WRONLY | O_CREAT | O_EXCL, 0600);
        check(fd, "create");
        close(fd);
        unlink(created);
    }
}

static void directory_make(void)
{
    char name[128];
    check(mkdir(temporary, 0700), "mkdir");
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%s/%d", temporary, i);
        close(open(name, O_CREAT | O_WRONLY, 0600));
    }
    check(fd_a = open(temporary, O_RDONLY | O_DIRECTORY), "open directory");
}
static void directory_remove(void)
{
    char name[128];
    close(fd_a);
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "%s/%d", temporary, i);
        unlink(name);
    }
    rmdir(temporary);
}
static void readdir_run(long n)
{
    while (n--) {
        lseek(fd_a, 0, SEEK_SET);
        while (syscall(SYS_getdents64, fd_a, buffer, 32768) > 0) {}
    }
}

static void pipe_open(void) { check(pipe(pipe_a), "pipe"); }
static void pipe_close(void)
{
    close(pipe_a[0]);
    close(pipe_a[1]);
}
static void pipe_run(long n)
{
    while (n--) {
        check(write(pipe_a[1], buffer, 1), "write");
        check(read(pipe_a[0], buffer, 1), "read");
    }
}
static void unix_open(void) { check(socketpair(AF_UNIX, SOCK_STREAM, 0, pipe_a), "socketpair"); }
static void unix_run(long n)
{
    while (n--) {
        check(send(pipe_a[1], buffer, 1, 0), "send");
        check(recv(pipe_a[0], buffer, 1, 0), "recv");
    }
}
static void eventfd_open(void) { check(fd_a = eventfd(0, 0), "eventfd"); }
static void eventfd_run(long n)
{
    uint64_t v = 1;
    while (n--) {
        check(write(fd_a, &v, 8), "write");
        check(read(fd_a, &v, 8), "read");
    }
}
static void epoll_open(void)
{
    check(fd_a = epoll_create1(0), "epoll");
    check(fd_b = eventfd(1, 0), "eventfd");
    struct epoll_event e = { .events = EPOLLIN };
    check(epoll_ctl(fd_a, EPOLL_CTL_ADD, fd_b, &e), "epoll_ctl");
}
static void close_both(void)
{
    close(fd_a);
    close(fd_b);
}
static void epoll_run(long n)
{
    struct epoll_event e;
    while (n--) { check(epoll_wait(fd_a, &e, 1, -1), "epoll_wait"); }
}

static void mmap_run(long n)
{
    while (n--) {
        char *p = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        check((long)p, "mmap");
        *(volatile char *)p = 1;
        munmap(p, PAGE);
    }
}
static void region_map(void)
{
    memory_pages = 16384;
    memory = mmap(NULL, memory_pages * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check((long)memory, "mmap");
    madvise(memory, memory_pages * PAGE, MADV_NOHUGEPAGE);
}
static void region_touch(void)
{
    region_map();
    memset(memory, 1, memory_pages * PAGE);
}
static void region_unmap(void) { munmap(memory, memory_pages * PAGE); }
static void fault_run(long n)
{
    static size_t next;
    while (n--) {
        if (next >= memory_pages) {
            madvise(memory, memory_pages * PAGE, MADV_DONTNEED);
            next = 0;
        }
        *(volatile char *)(memory + next++ * PAGE) = 1;
    }
}
static void mprotect_run(long n)
{
    while (n--) {
        check(mprotect(memory, PAGE, PROT_READ), "mprotect");
        check(mprotect(memory, PAGE, PROT_READ | PROT_WRITE), "mprotect");
    }
}
static void file_fault_run(long n)
{
    static size_t next = 256;
    while (n--) {
        if (next >= 256) {
            if (memory) { munmap(memory, sizeof buffer); }
            memory = mmap(NULL, sizeof buffer, PROT_READ, MAP_SHARED, fd_a, 0);
            check((long)memory, "mmap");
            madvise(memory, sizeof buffer, MADV_RANDOM);
            next = 0;
        }
        (void)*(volatile char *)(memory + next++ * PAGE);
    }
}
static void file_map(void)
{
    memory = NULL;
    file_open();
}

static void *thread(void *unused)
{
    (void)unused;
    return NULL;
}
static void thread_run(long n)
{
    while (n--) {
        pthread_t t;
        check(-pthread_create(&t, NULL, thread, NULL), "pthread_create");
        pthread_join(t, NULL);
    }
}
static void fork_run(long n)
{
    while (n--) {
        pid_t pid = fork();
        check(pid, "fork");
        if (pid == 0) { _exit(0); }
        waitpid(pid, NULL, 0);
    }
}
static char self[4096];
static void exec_child(void)
{
    execl(self, self, "--exit", (char *)NULL);
    _exit(127);
}
static void fork_exec_run(long n)
{
    while (n--) {
        int s;
        pid_t pid = fork();
        check(pid, "fork");
        if (pid == 0) { exec_child(); }
        waitpid(pid, &s, 0);
        check(s ? -1 : 0, "exec");
    }
}
static void vfork_exec_run(long n)
{
    while (n--) {
        int s;
        pid_t pid = vfork();
        check(pid, "vfork");
        if (pid == 0) { exec_child(); }
        waitpid(pid, &s, 0);
        check(s ? -1 : 0, "exec");
    }
}

static pid_t partner;
static void ping_open(void)
{
    check(pipe(pipe_a), "pipe");
    check(pipe(pipe_b), "pipe");
    partner = fork();
    if (partner == 0) {
        char c;
        close(pipe_a[1]);
        close(pipe_b[0]);
        while (read(pipe_a[0], &c, 1) == 1 && write(pipe_b[1], &c, 1) == 1) {}
        _exit(0);
    }
    close(pipe_a[0]);
    close(pipe_b[1]);
}
static void ping_close(void)
{
    close(pipe_a[1]);
    close(pipe_b[0]);
    waitpid(partner, NULL, 0);
}
static void ping_run(long n)
{
    char c = 1;
    while (n--) {
        check(write(pipe_a[1], &c, 1), "write");
        check(read(pipe_b[0], &c, 1), "read");
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int turn;
static pthread_t other;
static void *condvar_partner(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&mutex);
    for (;;) {
        while (turn == 0) { pthread_cond_wait(&condition, &mutex); }
        if (turn == 2) { break; }
        turn = 0;
        pthread_cond_signal(&condition);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}
static void condvar_open(void)
{
    turn = 0;
    pthread_create(&other, NULL, condvar_partner, NULL);
}
static void condvar_close(void)
{
    pthread_mutex_lock(&mutex);
    turn = 2;
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
    pthread_join(other, NULL);
}
static void condvar_run(long n)
{
    pthread_mutex_lock(&mutex);
    while (n--) {
        turn = 1;
        pthread_cond_signal(&condition);
        while (turn != 0) { pthread_cond_wait(&condition, &mutex); }
    }
    pthread_mutex_unlock(&mutex);
}

static void on_signal(int signal) { (void)signal; }
static void signal_open(void) { signal(SIGUSR1, on_signal); }
static void signal_run(long n)
{
    pid_t pid = getpid();
    while (n--) { kill(pid, SIGUSR1); }
}

// A seccomp trap, its handler and sigreturn: the least that a system call through SIGSYS can cost. Host only.
static void on_trap(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = 42;
}
static void trap_open(void)
{
    struct sigaction action = { .sa_sigaction = on_trap, .sa_flags = SA_SIGINFO | SA_NODEFER };
    check(sigaction(SIGSYS, &action, NULL), "sigaction");
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 999, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = { 4, code };
    check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
    check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}
static void trap_run(long n)
{
    while (n--) {
        if (syscall(999) != 42) { check(-1, "trap"); }
    }
}

static const struct row {
    const char *name;
    void (*open)(void);
    void (*run)(long);
    void (*close)(void);
    int apart; // runs in a child of its own: it changes the process for good
} rows[] = {
    { "getppid", nothing, getppid_run, nothing, 0 },
    { "clock_gettime", nothing, clock_run, nothing, 0 },
    { "cpu", nothing, cpu_run, nothing, 0 },
    { "read-1", zero_open, read1_run, close_a, 0 },
    { "pwrite-4k", file_open, pwrite4k_run, file_close, 0 },
    { "pread-4k", file_open, pread4k_run, file_close, 0 },
    { "pread-64k", file_open, pread64k_run, file_close, 0 },
    { "pread-1m", file_open, pread1m_run, file_close, 0 },
    { "pwrite-64k", file_open, pwrite64k_run, file_close, 0 },
    { "pwrite-1m", file_open, pwrite1m_run, file_close, 0 },
    { "fstat", file_open, fstat_run, file_close, 0 },
    { "stat", file_open, stat_run, file_close, 0 },
    { "stat-usr", nothing, stat_usr_run, nothing, 0 },
    { "stat-missing", nothing, stat_missing_run, nothing, 0 },
    { "open-close", file_open, open_close_run, file_close, 0 },
    { "create-unlink", nothing, create_unlink_run, nothing, 0 },
    { "readdir-500", directory_make, readdir_run, directory_remove, 0 },
    { "pipe", pipe_open, pipe_run, pipe_close, 0 },
    { "unix", unix_open, unix_run, pipe_close, 0 },
    { "eventfd", eventfd_open, eventfd_run, close_a, 0 },
    { "epoll", epoll_open, epoll_run, close_both, 0 },
    { "mmap-touch", nothing, mmap_run, nothing, 0 },
    { "mprotect", region_map, mprotect_run, region_unmap, 0 },
    { "fault", region_map, fault_run, region_unmap, 0 },
    { "fault-file", file_map, file_fault_run, file_close, 0 },
    { "signal", signal_open, signal_run, nothing, 0 },
    { "thread", nothing, thread_run, nothing, 0 },
    { "condvar", condvar_open, condvar_run, condvar_close, 0 },
    { "fork", region_touch, fork_run, region_unmap, 0 },
    { "fork-exec", nothing, fork_exec_run, nothing, 0 },
    { "vfork-exec", nothing, vfork_exec_run, nothing, 0 },
    { "ping-pong", ping_open, ping_run, ping_close, 0 },
    { "sigsys", trap_open, trap_run, nothing, 1 },
};

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void measure(const struct row *row, int64_t batch_ns)
{
    row->open();
    long n = 1;
    for (;;) {
        int64_t begun = now();
        row->run(n);
        int64_t took = now() - begun;
        if (took >= batch_ns / 2 || n > 1L << 40) {
            n = (long)((double)n * batch_ns / (took > 0 ? took : 1));
            break;
        }
        n = took < batch_ns / 100 ? n * 8 : n * 2;
    }
    if (n < 1) { n = 1; }
    double results[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
        int64_t begun = now();
        row->run(n);
        results[i] = (double)(now() - begun) / n;
    }
    row->close();
    qsort(results, BATCHES, sizeof results[0], compare);
    printf("%s %.1f %.1f\n", row->name, results[BATCHES / 2], results[0]);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int64_t batch_ns = 10000000;
    if (argc > 1 && strcmp(argv[1], "--exit") == 0) { return 0; }
    if (argc > 1 && strcmp(argv[1], "--idle") == 0) {
        puts("idle");
        fflush(stdout);
        while (read(0, buffer, 1) > 0) {}
        return 0;
    }
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) { snprintf(self, sizeof self, "%s", argv[0]); }
    const char *directory = getenv("MICRO_DIRECTORY") ? getenv("MICRO_DIRECTORY") : "/tmp";
    snprintf(temporary, sizeof temporary, "%.30s/micro-%d", directory, getpid());
    snprintf(missing, sizeof missing, "%.30s/no-such-file", directory);
    snprintf(created, sizeof created, "%.30s/micro-new", directory);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--quick") == 0) {
            batch_ns = 2000000;
            continue;
        }
        int found = 0;
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
            if (strcmp(argv[i], "--list") == 0) {
                puts(rows[k].name);
                found = 1;
                continue;
            }
            if (strcmp(argv[i], rows[k].name) != 0) { continue; }
            found = 1;
            if (!rows[k].apart) {
                measure(&rows[k], batch_ns);
                continue;
            }
            int status;
            pid_t pid = fork();
            if (pid == 0) {
                measure(&rows[k], batch_ns);
                exit(0);
            }
            waitpid(pid, &status, 0);
            if (status) { return 1; }
        }
        if (!found) {
            fprintf(stderr, "micro: no row '%s'\n", argv[i]);
            return 2;
        }
    }
    return 0;
}
