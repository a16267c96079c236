// SPDX-License-Identifier: Apache-2.0
// Nops that are run: an entry of nops before a function (compilers make them for -fpatchable-function-entry),
// just behind another function's call and ret. They do nothing, before that call was made and after.
// @timeout 30
#include "sites.h"

SITES(sled_sites, 60, "syscall\nret\n.fill 9, 1, 0x90\nmov $7, %eax\nret");
SITES(long_sites, 60, "syscall\nret\n.byte 0x66,0x2e,0x0f,0x1f,0x84,0,0,0,0,0\nmov $7, %eax\nret");
SITES(jump_sites, 60, "syscall\njmp 1f\n.fill 9, 1, 0x90\nmov $7, %eax\n1: ret");
SITES(mov_sites, 60, "mov $39, %eax\nsyscall\nret\n.fill 9, 1, 0x90\nmov $7, %eax\nret");

static int wrong;
static void expect(const char *what, int index, long got, long wanted)
{
    if (got != wanted && wrong++ < 10) { say("%s %d: %ld instead of %ld", what, index, got, wanted); }
}

int main(void)
{
    long self = getpid();
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 60; i++) {
            for (int k = 0; k <= 9; k++) {
                expect("sled", k, ENTER0((char *)SITE(sled_sites, i) + 3 + k, 1), 7);
                expect("jump sled", k, ENTER0((char *)SITE(jump_sites, i) + 4 + k, 1), 7);
                expect("mov sled", k, ENTER0((char *)SITE(mov_sites, i) + 8 + k, 1), 7);
            }
            expect("long nop", i, ENTER0((char *)SITE(long_sites, i) + 3, 1), 7);
            expect("call", i, ENTER0(SITE(sled_sites, i), SYS_getpid), self);
            expect("jump call", i, ENTER0(SITE(jump_sites, i), SYS_getpid), self);
            expect("long nop call", i, ENTER0(SITE(long_sites, i), SYS_getpid), self);
            expect("mov call", i, ENTER0(SITE(mov_sites, i), -1), self);
        }
        say("round %d: wrong %d", round, wrong);
        wrong = 0;
    }
    return 0;
}
