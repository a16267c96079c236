// SPDX-License-Identifier: Apache-2.0
// Processes and their call sites: fork before and after sites were run, with threads that go on, generations
// of children, vfork and exec in a loop through sites of the program's own, posix_spawn from many threads,
// children that share the memory (CLONE_VM).
// @timeout 90
#include "sites.h"
#include <spawn.h>

SITES(getpid_sites, 3000, MOV_SITE(39));
SITES(getppid_sites, 3000, CAVE_SITE);
SITES(read_sites, 1000, XOR_SITE);
SITES(vfork_sites, 60, "pop %r10\nmov $58, %eax\nsyscall\npush %r10\nret");
SITES(execve_sites, 60, MOV_SITE(59));
SITES(wait_sites, 60, MOV_SITE(61));
SITES(exit_sites, 60, MOV_SITE(60));
SITES(fork_sites, 60, MOV_SITE(57));
// clone with a stack of the child's own: the child calls what lies on it. The shape is the C library's.
SITES(clone_sites, 40,
    "mov $56, %eax\nsyscall\ntest %rax, %rax\njz 1f\nret\n1: xor %ebp, %ebp\npop %rax\npop %rdi\ncall *%rax\n"
    "mov %eax, %edi\nmov $60, %eax\nsyscall\nhlt");

// vfork returns twice, which the compiler must know.
long enter_twice(void *, long, long, long, long, long, long, long) __asm__("enter")
    __attribute__((returns_twice));

static int zero, wrong;
static volatile int finished;

static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && __atomic_fetch_add(&wrong, 1, __ATOMIC_RELAXED) < 10) {
        say("%s %d: %ld instead of %ld", what, index, got, wanted);
    }
}

// Runs sites from, from + step ... in this process.
static void run(int from, int step, long self, long parent)
{
    for (int i = from; i < 3000; i += step) {
        char byte = 7;
        expect("getpid", i, ENTER0(SITE(getpid_sites, i), -1), self);
        expect("getppid", i, ENTER0(SITE(getppid_sites, i), SYS_getppid), parent);
        if (i % 3 == 0) {
            expect("read", i, ENTER3(SITE(read_sites, i / 3), -1, zero, &byte, 1) * 10 + byte, 10);
        }
    }
}

static int child_wrong(pid_t child)
{
    int status = -1;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) {
        say_status("child", status);
        return 1;
    }
    return WEXITSTATUS(status);
}

// Each generation runs sites that were run before it and sites that nobody has run, at once with its child.
static void generation(int depth)
{
    long self = getpid(), parent = getppid();
    run(depth, 50, self, parent);
    if (depth < 4) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            generation(depth + 1);
            _exit(wrong != 0);
        }
        run(depth + 10, 50, self, parent);
        run(0, 25, self, parent);
        wrong += child_wrong(child);
    } else {
        run(20, 50, self, parent);
    }
    run(1, 50, self, parent);
}

static void *thread(void *number)
{
    long self = getpid(), parent = getppid();
    for (int i = (int)(long)number; !finished; i = (i + 1) % 40) { run(100 + i, 211, self, parent); }
    return NULL;
}

static void fork_among_threads(void)
{
    pthread_t t[3];
    finished = 0;
    for (long i = 0; i < 3; i++) { pthread_create(&t[i], NULL, thread, (void *)(i * 11)); }
    long self = getpid();
    for (int i = 0; i < 40; i++) {
        pid_t child = (pid_t)ENTER0(SITE(fork_sites, i), -1);
        if (child == 0) {
            // The raw call: the C library has not been told.
            long me = ENTER0(SITE(getpid_sites, i), -1);
            if (me == self) { wrong++; }
            run(200 + i, 301, me, self);
            _exit(wrong != 0);
        }
        wrong += child_wrong(child);
    }
    finished = 1;
    for (int i = 0; i < 3; i++) { pthread_join(t[i], NULL); }
    say("fork among threads: wrong %d", wrong);
}

extern char **environ;

static void vfork_and_exec(char *program)
{
    char *arguments[] = { program, "child", NULL };
    for (int i = 0; i < 60; i++) {
        pid_t child = (pid_t)enter_twice(SITE(vfork_sites, i), -1, 0, 0, 0, 0, 0, 0);
        if (child == 0) {
            ENTER3(SITE(execve_sites, i), -1, program, arguments, environ);
            ENTER1(SITE(exit_sites, i), -1, 77);
        }
        int status = -1;
        expect("wait4", i, ENTER4(SITE(wait_sites, i), -1, child, &status, 0, 0), child);
        expect("status", i, status, 5 << 8);
    }
    // A child that fails to exec and ends by a site.
    pid_t child = (pid_t)enter_twice(SITE(vfork_sites, 3), -1, 0, 0, 0, 0, 0, 0);
    if (child == 0) {
        ENTER3(SITE(execve_sites, 5), -1, "/nonexistent", arguments, environ);
        ENTER1(SITE(exit_sites, 7), -1, 33);
    }
    expect("exit by a site", 0, child_wrong(child), 33);
    say("vfork and exec: wrong %d", wrong);
}

static char *program_path;

static void *spawner(void *unused)
{
    (void)unused;
    for (int i = 0; i < 12; i++) {
        char *arguments[] = { program_path, "child", NULL };
        pid_t child;
        expect("posix_spawn", i, posix_spawn(&child, program_path, NULL, NULL, arguments, environ), 0);
        expect("spawned", i, child_wrong(child), 5);
        run(i * 7, 401, getpid(), getppid());
    }
    return NULL;
}

static volatile long shared[4];

static int child_in_same_memory(void *argument)
{
    int i = (int)(long)argument;
    long self = ENTER0(SITE(getpid_sites, 2900 + i), -1);
    shared[0] = self;
    shared[1] = ENTER0(SITE(getppid_sites, 2900 + i), SYS_getppid);
    char byte = 9;
    shared[2] = ENTER3(SITE(read_sites, 900 + i), -1, zero, &byte, 1) * 10 + byte;
    shared[3] = ENTER0(SITE(getpid_sites, i), -1);
    return 40 + i % 8;
}

static void shared_memory_children(void)
{
    static char stack[65536] __attribute__((aligned(16)));
    long self = getpid();
    for (int i = 0; i < 40; i++) {
        long *top = (long *)(stack + sizeof stack) - 4;
        top[0] = (long)child_in_same_memory;
        top[1] = i;
        memset((void *)shared, 0, sizeof shared);
        long flags = CLONE_VM | SIGCHLD | (i % 2 ? CLONE_VFORK : 0) | (i % 3 ? CLONE_FILES | CLONE_FS : 0);
        pid_t child = (pid_t)ENTER2(SITE(clone_sites, i), -1, flags, top);
        if (i % 2 == 0) { run(300 + i, 501, self, getppid()); }
        expect("CLONE_VM status", i, child_wrong(child), 40 + i % 8);
        expect("CLONE_VM pid", i, shared[0], child);
        expect("CLONE_VM pid again", i, shared[3], child);
        expect("CLONE_VM parent", i, shared[1], self);
        expect("CLONE_VM read", i, shared[2], 10);
        expect("what the child ran first", i, ENTER0(SITE(getpid_sites, 2900 + i), -1), self);
        expect("what the child ran first", i, ENTER0(SITE(getppid_sites, 2900 + i), SYS_getppid), getppid());
    }
    say("CLONE_VM: wrong %d", wrong);
}

int main(int argc, char **argv)
{
    zero = (int)MUST(open("/dev/zero", O_RDONLY));
    if (argc > 1) {
        run(0, 701, getpid(), getppid());
        return wrong ? 6 : 5;
    }
    program_path = argv[0];
    // Nothing was run yet: parent and child run the same new sites at the same time.
    for (int i = 0; i < 6; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            run(i * 3, 40, getpid(), getppid());
            _exit(wrong != 0);
        }
        run(i * 3, 40, getpid(), getppid());
        wrong += child_wrong(child);
    }
    say("fork: wrong %d", wrong);
    generation(0);
    say("generations: wrong %d", wrong);
    fork_among_threads();
    vfork_and_exec(argv[0]);
    pthread_t t[4];
    for (int i = 0; i < 4; i++) { pthread_create(&t[i], NULL, spawner, NULL); }
    for (int i = 0; i < 4; i++) { pthread_join(t[i], NULL); }
    say("spawning threads: wrong %d", wrong);
    shared_memory_children();
    return 0;
}
