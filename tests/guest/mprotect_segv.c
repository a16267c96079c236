// SPDX-License-Identifier: Apache-2.0
// SIGSEGV and SIGBUS with their si_code and address class, handlers that repair and return, faults in system
// calls.
#include "t.h"
#include <ucontext.h>

static char *arena;
static volatile int faults;

static void repair(int signal, siginfo_t *info, void *context)
{
    ucontext_t *frame = context;
    long offset = (char *)info->si_addr - arena;
    say("fault %s code %d offset %ld, error write %d user %d, trap %ld", sigabbrev_np(signal), info->si_code,
        offset, (int)(frame->uc_mcontext.gregs[REG_ERR] >> 1 & 1),
        (int)(frame->uc_mcontext.gregs[REG_ERR] >> 2 & 1), (long)frame->uc_mcontext.gregs[REG_TRAPNO]);
    faults++;
    if (offset < 0 || offset >= (long)(4 * PAGE)) { _exit(77); }
    if (info->si_code == SEGV_MAPERR) {
        mmap(arena + (offset & -PAGE), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
            -1, 0);
    } else {
        mprotect(arena + (offset & -PAGE), PAGE, PROT_READ | PROT_WRITE | PROT_EXEC);
    }
}

int main(void)
{
    struct sigaction action = { .sa_sigaction = repair, .sa_flags = SA_SIGINFO };
    MUST(sigaction(SIGSEGV, &action, NULL));
    arena = MUSTP(mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(arena, 5, 4 * PAGE);
    MUST(mprotect(arena, PAGE, PROT_READ));
    arena[10] = 6;
    say("after a write to r--: %d", arena[10]);
    MUST(mprotect(arena + PAGE, PAGE, PROT_NONE));
    int value = ((volatile char *)arena)[PAGE + 3];
    say("after a read of ---: %d", value);
    MUST(munmap(arena + 2 * PAGE, PAGE));
    value = ((volatile char *)arena)[2 * PAGE + 100];
    say("after a read of nothing: %d", value);
    arena[3 * PAGE] = (char)0xc3;
    MUST(mprotect(arena + 3 * PAGE, PAGE, PROT_READ | PROT_WRITE));
    ((void (*)(void))(void *)(arena + 3 * PAGE))();
    say("after a jump to rw-");
    say("faults %d", faults);

    MUST(mprotect(arena, PAGE, PROT_READ));
    MUST(mprotect(arena + PAGE, PAGE, PROT_NONE));
    int ends[2];
    MUST(pipe(ends));
    SHOW(write(ends[1], arena + PAGE - 2, 2));
    SHOW(write(ends[1], arena + PAGE, 4));
    SHOW(read(ends[0], arena, 2));
    SHOW(write(ends[1], arena + PAGE - 2, 4));
    say("faults %d: system calls raise none", faults);
    CHILD("null write", signal(SIGSEGV, SIG_DFL); *(volatile int *)8 = 1);
    CHILD("null call", signal(SIGSEGV, SIG_DFL); ((void (*)(void))BAD)());
    CHILD("non-canonical", {
        struct sigaction general = { .sa_handler = SIG_DFL };
        sigaction(SIGSEGV, &general, NULL);
        *(volatile char *)0x8000000000001000 = 1;
    });
    CHILD("ignored SIGSEGV still kills", signal(SIGSEGV, SIG_IGN); *(volatile int *)8 = 1);
    CHILD("blocked SIGSEGV still kills", {
        sigset_t all;
        sigfillset(&all);
        sigprocmask(SIG_BLOCK, &all, NULL);
        *(volatile int *)8 = 1;
    });
    return 0;
}
