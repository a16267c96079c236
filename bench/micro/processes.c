// SPDX-License-Identifier: Apache-2.0
// Threads and processes: making them, and handing over between threads.
#include "micro.h"
#include <pthread.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define REGION ((size_t)16384 * PAGE)

extern char **environ;
static char *memory;

// A pthread function's result is an error number.
static void check_thread(int error, const char *what)
{
    errno = error;
    expect(error == 0, what);
}

static void *thread(void *argument) { return argument; }
static void thread_run(long n)
{
    while (n--) {
        pthread_t t;
        void *result;
        check_thread(pthread_create(&t, NULL, thread, &memory), "pthread_create");
        check_thread(pthread_join(t, &result), "pthread_join");
        expect(result == &memory, "a thread's result");
    }
}

static void finish(pid_t pid)
{
    int status;
    expect(waitpid(pid, &status, 0) == pid, "waitpid");
    expect(status == 0, "a child's status");
}
static void region_touch(void)
{
    memory = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    expect(memory != MAP_FAILED, "mmap");
    check(madvise(memory, REGION, MADV_NOHUGEPAGE), "madvise");
    memset(memory, 1, REGION);
}
static void region_unmap(void) { check(munmap(memory, REGION), "munmap"); }
static void fork_run(long n)
{
    while (n--) {
        pid_t pid = fork();
        check(pid, "fork");
        if (pid == 0) { _exit(0); }
        finish(pid);
    }
}
static void exec_child(void)
{
    execl(self, self, "--exit", (char *)NULL);
    _exit(127);
}
static void fork_exec_run(long n)
{
    while (n--) {
        pid_t pid = fork();
        check(pid, "fork");
        if (pid == 0) { exec_child(); }
        finish(pid);
    }
}
static void vfork_exec_run(long n)
{
    while (n--) {
        pid_t pid = vfork();
        check(pid, "vfork");
        if (pid == 0) { exec_child(); }
        finish(pid);
    }
}
static void spawn_run(long n)
{
    char *words[] = { "/usr/bin/true", NULL };
    while (n--) {
        pid_t pid;
        check_thread(posix_spawn(&pid, words[0], NULL, NULL, words, environ), words[0]);
        finish(pid);
    }
}

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static int turn;
static pthread_t other;
static void *condvar_partner(void *unused)
{
    check_thread(pthread_mutex_lock(&mutex), "pthread_mutex_lock");
    for (;;) {
        while (turn == 0) { check_thread(pthread_cond_wait(&condition, &mutex), "pthread_cond_wait"); }
        if (turn == 2) { break; }
        turn = 0;
        check_thread(pthread_cond_signal(&condition), "pthread_cond_signal");
    }
    check_thread(pthread_mutex_unlock(&mutex), "pthread_mutex_unlock");
    return unused;
}
static void condvar_open(void)
{
    turn = 0;
    check_thread(pthread_create(&other, NULL, condvar_partner, NULL), "pthread_create");
}
static void condvar_close(void)
{
    check_thread(pthread_mutex_lock(&mutex), "pthread_mutex_lock");
    turn = 2;
    check_thread(pthread_cond_signal(&condition), "pthread_cond_signal");
    check_thread(pthread_mutex_unlock(&mutex), "pthread_mutex_unlock");
    check_thread(pthread_join(other, NULL), "pthread_join");
}
static void condvar_run(long n)
{
    check_thread(pthread_mutex_lock(&mutex), "pthread_mutex_lock");
    while (n--) {
        turn = 1;
        check_thread(pthread_cond_signal(&condition), "pthread_cond_signal");
        while (turn != 0) { check_thread(pthread_cond_wait(&condition, &mutex), "pthread_cond_wait"); }
    }
    check_thread(pthread_mutex_unlock(&mutex), "pthread_mutex_unlock");
}

const struct row process_rows[] = {
    { "thread", nothing, thread_run, nothing, 0, 0 },
    { "condvar", condvar_open, condvar_run, condvar_close, 2, 0 },
    { "fork", region_touch, fork_run, region_unmap, 2, 0 },
    { "fork-exec", nothing, fork_exec_run, nothing, 2, 0 },
    { "vfork-exec", nothing, vfork_exec_run, nothing, 2, 0 },
    { "spawn", nothing, spawn_run, nothing, 2, 0 },
    { 0 },
};
