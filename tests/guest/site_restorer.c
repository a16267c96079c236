// SPDX-License-Identifier: Apache-2.0
// The call site that ends every signal handler: unwinders know it by its bytes (libgcc looks for mov $15,
// %rax and syscall where it finds no unwind table), so they must stay as they are; restorers of other shapes
// work too, however often they run.
// @timeout 30
#include "sites.h"
#include <unwind.h>

// Without unwind tables, as musl has it; and as a program of its own may have it.
__asm__(".text\n.balign 64\nplain_restorer: mov $15, %rax\nsyscall\nhlt\n"
        ".balign 64\nshort_restorer: mov $15, %eax\nsyscall\nhlt\n"
        ".balign 64\nother_restorer: mov $15, %r8d\nmov %r8d, %eax\nsyscall\nud2\n.fill 12, 1, 0x90\n"
        ".balign 64\n");
extern char plain_restorer[], short_restorer[], other_restorer[];
SITES(getpid_sites, 50, MOV_SITE(39));

static volatile int handled, wrong;
static int frames, found_main, found_handler;
static char *restorer;

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *unused)
{
    (void)unused;
    int before = 0;
    char *at = (char *)_Unwind_GetIPInfo(context, &before);
    frames++;
    if (at >= restorer && at < restorer + 16) { found_handler = 1; }
    void *function = _Unwind_FindEnclosingFunction(at);
    extern int main(void);
    if (function == (void *)main) { found_main = 1; }
    return frames > 60 ? _URC_END_OF_STACK : _URC_NO_REASON;
}

static void handler(int signal)
{
    (void)signal;
    handled++;
    for (int i = 0; i < 50; i += 7) { wrong += ENTER0(SITE(getpid_sites, i), -1) != getpid(); }
}

static void unwinding_handler(int signal)
{
    (void)signal;
    handled++;
    frames = found_main = found_handler = 0;
    _Unwind_Backtrace(frame, NULL);
}

// sigaction as the kernel takes it.
static void set(char *with, void (*what)(int), long flags)
{
    struct {
        void (*handler)(int);
        long flags;
        char *restorer;
        unsigned long mask;
    } action = { what, flags | 0x04000000, with, 0 };
    MUST(syscall(SYS_rt_sigaction, SIGUSR1, &action, NULL, 8));
    restorer = with;
}

int main(void)
{
    char *restorers[] = { plain_restorer, short_restorer, other_restorer };
    static const char *const names[] = { "mov rax", "mov eax", "another" };
    for (int i = 0; i < 3; i++) {
        char before[24];
        memcpy(before, restorers[i], sizeof before);
        handled = wrong = 0;
        set(restorers[i], handler, 0);
        for (int n = 0; n < 300; n++) { kill(getpid(), SIGUSR1); }
        set(restorers[i], handler, SA_SIGINFO | SA_NODEFER);
        for (int n = 0; n < 300; n++) { kill(getpid(), SIGUSR1); }
        say("%s: handled %d, wrong %d", names[i], handled, wrong);
        if (i == 0) { say("its bytes are as they were %d", memcmp(before, restorers[i], 9) == 0); }
    }
    // By its bytes alone.
    for (int i = 0; i < 5; i++) {
        set(plain_restorer, unwinding_handler, SA_SIGINFO);
        kill(getpid(), SIGUSR1);
        say("unwound to the restorer %d, to main %d", found_handler, found_main);
    }
    // The C library's own, which has tables.
    struct sigaction action = { .sa_handler = unwinding_handler };
    MUST(sigaction(SIGUSR1, &action, NULL));
    for (int i = 0; i < 5; i++) {
        kill(getpid(), SIGUSR1);
        say("unwound to main %d", found_main);
    }
    return 0;
}
