// SPDX-License-Identifier: Apache-2.0
// Runs a command for the harness, so that what is measured holds nothing of the harness itself:
//
//   launch [-g FILE] [-f] [-r FILE] -- COMMAND...
//
//   -g FILE   first enters a cgroup by writing to its cgroup.procs (may be given more than once)
//   -f        runs under SCHED_FIFO, priority 1
//   -r FILE   waits for the command, writes "STATUS NANOSECONDS CPU" to the file and ends with STATUS (128 +
//             the signal's number when one ended it; CPU is the user and system time, in nanoseconds, of the
//             command and of the processes that it waited for); without -r it becomes the command
//
// Build: gcc -O2 -static launch.c -o launch
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "launch: %s: %s\n", what, strerror(errno));
    exit(125);
}

static int64_t now(void)
{
    struct timespec t;
    if (clock_gettime(CLOCK_MONOTONIC, &t)) { fail("clock_gettime"); }
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void enter(const char *file)
{
    int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1) { fail(file); }
    close(fd);
}

static pid_t start(char **words)
{
    pid_t pid = vfork();
    if (pid < 0) { fail("vfork"); }
    if (pid == 0) {
        execv(words[0], words);
        _exit(127);
    }
    return pid;
}

static void report(const char *file, int status, int64_t took, const struct rusage *used)
{
    FILE *out = fopen(file, "we");
    int64_t cpu = (used->ru_utime.tv_sec + used->ru_stime.tv_sec) * 1000000000LL
        + (used->ru_utime.tv_usec + used->ru_stime.tv_usec) * 1000LL;
    if (!out || fprintf(out, "%d %lld %lld\n", status, (long long)took, (long long)cpu) < 0 || fclose(out)) {
        fail(file);
    }
}

int main(int argc, char **argv)
{
    const char *results = NULL;
    struct sched_param fifo = { .sched_priority = 1 };
    for (int option; (option = getopt(argc, argv, "+g:fr:")) != -1;) {
        if (option == 'g') {
            enter(optarg);
        } else if (option == 'r') {
            results = optarg;
        } else if (option != 'f') {
            return 125;
        } else if (sched_setscheduler(0, SCHED_FIFO, &fifo)) {
            fail("SCHED_FIFO");
        }
    }
    if (optind >= argc) {
        errno = EINVAL;
        fail("no command");
    }
    // .NET ignores SIGPIPE and hands that on.
    signal(SIGPIPE, SIG_DFL);
    if (!results) {
        execv(argv[optind], argv + optind);
        fail(argv[optind]);
    }
    int64_t begun = now();
    pid_t pid = start(argv + optind);
    int status;
    struct rusage used;
    while (wait4(pid, &status, 0, &used) < 0) {
        if (errno != EINTR) { fail("wait4"); }
    }
    int64_t took = now() - begun;
    status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    report(results, status, took, &used);
    return status;
}
