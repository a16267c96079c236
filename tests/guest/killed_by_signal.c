// SPDX-License-Identifier: Apache-2.0
// The program itself dies of a signal: the caller of the sandbox must see what a shell would see.
#include "t.h"

int main(void)
{
    say("about to die");
    raise(SIGTERM);
    say("not reached");
    return 0;
}
