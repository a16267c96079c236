// SPDX-License-Identifier: Apache-2.0
// libc starts: static, static-PIE and dynamic; stdio, malloc, locale, exit handlers and status.
// @variants static,static-pie,dynamic,dynamic-nopie
#include "t.h"

static int initialised;
static _Thread_local int tls = 5;
__attribute__((constructor)) static void start(void) { initialised++; }
__attribute__((destructor)) static void end(void) { say("destructor, tls %d", tls); }
static void at_exit(void) { say("atexit"); }

int main(int argc, char **argv)
{
    atexit(at_exit);
    printf("hello %d arguments %d %s\n", argc, initialised, argv[argc] == NULL ? "null" : "not null");
    fflush(stdout);
    tls += 2;
    char *big = malloc(1 << 20), *small = malloc(10);
    memset(big, 1, 1 << 20);
    strcpy(small, "small");
    printf("%s %d %.3f\n", small, big[12345], 22.0 / 7);
    fprintf(stderr, "to stderr\n");
    free(big);
    free(small);
    return 17;
}
