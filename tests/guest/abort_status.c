// SPDX-License-Identifier: Apache-2.0
// The program aborts: status 134 for the caller.
#include "t.h"

int main(void)
{
    struct rlimit none = { 0, 0 };
    setrlimit(RLIMIT_CORE, &none);
    abort();
}
