// SPDX-License-Identifier: Apache-2.0
// clone3 with chosen ids: in this PID namespace, in new ones, without the right, taken, out of range.
#include "t.h"
#include <linux/sched.h>
#include <sched.h>

static long clone_with(uint64_t flags, const pid_t *ids, size_t count)
{
    struct clone_args a = { .flags = flags, .exit_signal = SIGCHLD, .set_tid = (uintptr_t)ids, .set_tid_size = count };
    return syscall(SYS_clone3, &a, sizeof a);
}

static void try(const char *what, uint64_t flags, const pid_t *ids, size_t count)
{
    long got = clone_with(flags, ids, count);
    if (got == 0) { _exit(count > 0 && getpid() == ids[0] ? 7 : 8); }
    if (got < 0) {
        say("%s: %s", what, strerrorname_np(errno));
        return;
    }
    int status;
    MUST(waitpid((pid_t)got, &status, 0));
    say("%s: child exits %d%s", what, WEXITSTATUS(status), count == 0 || got != ids[count - 1] ? "" : ", the id as chosen");
}

int main(void)
{
    pid_t high[2] = { 31999, 31998 }, zero = 0, negative = -5, huge = 1 << 30, own = getpid(), one = 1, five = 5, nested[2] = { 1, 31997 };
    pid_t many[40] = { 1 };
    try("none", 0, NULL, 0);
    try("size without ids", 0, NULL, 1);
    try("ids without size", 0, high, 0);
    try("too many", 0, many, 33);
    try("bad address", 0, (pid_t *)16, 1);
    try("free", 0, high, 1);
    try("free again", 0, high, 1);
    try("zero", 0, &zero, 1);
    try("negative", 0, &negative, 1);
    try("beyond pid_max", 0, &huge, 1);
    try("taken", 0, &own, 1);
    try("more levels than there are", 0, high, 2);
    try("new namespaces, first process", CLONE_NEWUSER | CLONE_NEWPID, &one, 1);
    try("new namespaces, no first process", CLONE_NEWUSER | CLONE_NEWPID, &five, 1);
    try("new namespaces, both levels", CLONE_NEWUSER | CLONE_NEWPID, nested, 2);
    long got = clone_with(CLONE_NEWUSER | CLONE_NEWPID, NULL, 0);
    if (got == 0) {
        pid_t inside[2] = { 77, 0 };
        say("inside: %d", getpid());
        try("inside, own level", 0, inside, 1);
        try("inside, taken", 0, &one, 1);
        inside[1] = 31996;
        try("inside, both levels", 0, inside, 2);
        _exit(0);
    }
    MUST(got);
    MUST(waitpid((pid_t)got, NULL, 0));
    return 0;
}
