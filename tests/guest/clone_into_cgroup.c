// SPDX-License-Identifier: Apache-2.0
// clone3(2) with CLONE_INTO_CGROUP: what is no directory of a cgroup2 file system is refused.
#include "t.h"
#include <linux/sched.h>

static void try(const char *what, uint64_t cgroup, size_t size)
{
    struct clone_args args = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD, .cgroup = cgroup };
    errno = 0;
    long r = syscall(SYS_clone3, &args, size);
    if (r == 0) { _exit(0); }
    if (r > 0) { MUST(waitpid((pid_t)r, NULL, 0)); }
    say("%s: %s %s", what, r > 0 ? "child" : "none", r < 0 ? err_name(errno) : "");
}

int main(void)
{
    int directory = (int)MUST(open("/", O_RDONLY | O_DIRECTORY));
    int path = (int)MUST(open("/", O_PATH));
    int ends[2];
    MUST(pipe(ends));
    try("a directory", directory, sizeof(struct clone_args));
    try("a path", path, sizeof(struct clone_args));
    try("a pipe", ends[0], sizeof(struct clone_args));
    try("not open", 999, sizeof(struct clone_args));
    try("a number that is none", 1UL << 31, sizeof(struct clone_args));
    try("minus one", (uint64_t)-1, sizeof(struct clone_args));
    try("a structure without it", directory, 80);
    return 0;
}
