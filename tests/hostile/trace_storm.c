// SPDX-License-Identifier: Apache-2.0
// Random ptrace requests on tracees that run, fork, execute and die, from tracers that die too.
// @host no
// @timeout 90
#include "../guest/trace.h"

static char *self;

static void *busy(void *seed)
{
    unsigned state = (unsigned)(long)seed;
    for (int i = 0; i < 400; i++) {
        switch (rand_r(&state) % 6) {
            case 0: getppid(); break;
            case 1: sched_yield(); break;
            case 2: raise(SIGCHLD); break;
            case 3: sleep_ms(1); break;
            case 4: kill(getpid(), SIGCONT); break;
            default: syscall(SYS_gettid); break;
        }
    }
    return NULL;
}

static void victim(unsigned state)
{
    pthread_t t[2];
    for (int i = 0; i < 2; i++) { pthread_create(&t[i], NULL, busy, (void *)(long)(state + i)); }
    for (int i = 0; i < 20; i++) {
        pid_t c = rand_r(&state) % 2 ? fork() : vfork();
        if (c == 0) { _exit(0); }
        waitpid(c, NULL, __WALL | (rand_r(&state) % 2 ? WNOHANG : 0));
        if (rand_r(&state) % 30 == 0) { execl(self, self, "victim", NULL); }
    }
    for (int i = 0; i < 2; i++) { pthread_join(t[i], NULL); }
    _exit(0);
}

static void tracer(unsigned state)
{
    static const int requests[] = {
        PTRACE_PEEKDATA, PTRACE_POKEDATA, PTRACE_PEEKUSR, PTRACE_POKEUSR, PTRACE_CONT, PTRACE_SINGLESTEP, PTRACE_GETREGS,
        PTRACE_SETREGS, PTRACE_GETFPREGS, PTRACE_SETFPREGS, PTRACE_DETACH, PTRACE_SYSCALL, PTRACE_SYSEMU,
        PTRACE_SETOPTIONS, PTRACE_GETEVENTMSG, PTRACE_GETSIGINFO, PTRACE_SETSIGINFO, PTRACE_GETREGSET, PTRACE_SETREGSET,
        PTRACE_INTERRUPT, PTRACE_LISTEN, PTRACE_GETSIGMASK, PTRACE_SETSIGMASK, PTRACE_GET_SYSCALL_INFO, PTRACE_CONT,
        PTRACE_CONT, PTRACE_SYSCALL, PTRACE_SYSCALL };
    static unsigned char room[16384];
    pid_t known[64];
    int count = 1;
    known[0] = fork();
    if (known[0] == 0) {
        if (state % 2) { trace(PTRACE_TRACEME, 0, 0, 0); raise(SIGSTOP); }
        victim(state);
    }
    trace(PTRACE_SEIZE, known[0], 0, 0x1000ff);
    for (int i = 0; i < 3000; i++) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL | WNOHANG);
        if (pid == -1) { break; }
        if (pid > 0 && count < 64) { known[count++] = pid; }
        pid = known[rand_r(&state) % count];
        int request = requests[rand_r(&state) % (sizeof requests / sizeof *requests)];
        struct iovec v = { room, rand_r(&state) % sizeof room };
        long address = request == PTRACE_GETREGSET || request == PTRACE_SETREGSET ? (rand_r(&state) % 2 ? 1 : 0x202)
            : request == PTRACE_GETSIGMASK || request == PTRACE_SETSIGMASK ? 8
            : request == PTRACE_PEEKUSR || request == PTRACE_POKEUSR ? rand_r(&state) % 120 * 8
            : rand_r(&state) % 3 ? (long)&state : (long)victim + rand_r(&state) % 64;
        long data = request == PTRACE_CONT || request == PTRACE_SYSCALL || request == PTRACE_SINGLESTEP
            || request == PTRACE_DETACH || request == PTRACE_SYSEMU ? (rand_r(&state) % 4 ? 0 : rand_r(&state) % 65)
            : request == PTRACE_SETOPTIONS ? 0x1000ff : request == PTRACE_GETREGSET || request == PTRACE_SETREGSET
            ? (long)&v : (long)room;
        trace(request, pid, address, data);
        if (rand_r(&state) % 2000 == 0) { kill(pid, rand_r(&state) % 3 ? SIGKILL : SIGSTOP); }
    }
    _exit(0);
}

int main(int argc, char **argv)
{
    static char path[PATH_MAX];
    path[MUST(readlink("/proc/self/exe", path, sizeof path - 1))] = 0;
    self = path;
    if (argc > 1) { victim((unsigned)getpid()); }
    (void)argv;
    for (unsigned round = 0; round < 12; round++) {
        pid_t tracers[4];
        for (unsigned i = 0; i < 4; i++) {
            tracers[i] = (pid_t)MUST(fork());
            if (tracers[i] == 0) { tracer(round * 4 + i + 1); }
        }
        if (round % 3 == 2) {
            sleep_ms(100);
            kill(tracers[0], SIGKILL);
        }
        for (int i = 0; i < 4; i++) { MUST(waitpid(tracers[i], NULL, 0)); }
    }
    // What its tracers left behind must not stay.
    kill(-1, SIGKILL);
    return 0;
}
