// SPDX-License-Identifier: Apache-2.0
// What attacks share: children that may die or hang, a time limit over all of them, and call sites that the
// platform has rewritten before the attack begins.
#ifndef ATTACK_H
#define ATTACK_H
#include "../guest/sites.h"
#include <sys/socket.h>

// Where the platform's own things lie, as far as anybody knows: code, thread areas, table and trampolines.
#define STUB_CODE 0x7fff80000000UL
#define STUB_AREAS 0x7fff90000000UL
#define STUB_TABLE 0x60000UL

static int died, ended, hung;

__attribute__((unused)) static uint64_t random_state = 88172645463325252UL;
__attribute__((unused)) static uint64_t random_word(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

__attribute__((unused)) static int64_t now_ms(void) { return now_ns(CLOCK_MONOTONIC) / 1000000; }

// Waits for a child, and kills it when it takes too long: that it can be killed is part of every attack.
__attribute__((unused)) static void finish(pid_t child, int most_ms)
{
    int status;
    int64_t end = now_ms() + most_ms;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (now_ms() > end) {
            hung++;
            MUST(kill(child, SIGKILL));
            MUST(waitpid(child, &status, 0));
            return;
        }
        usleep(200);
    }
    if (WIFSIGNALED(status)) {
        died++;
    } else {
        ended++;
    }
}

__attribute__((unused)) static void report(const char *what)
{
    fprintf(stderr, "%s: died %d ended %d killed after hanging %d\n", what, died, ended, hung);
    died = ended = hung = 0;
}

SITES(attack_mov, 40, MOV_SITE(186));
SITES(attack_read, 40, XOR_SITE);
SITES(attack_any, 40, CAVE_SITE);

// One call of each kind, with data that goes in and out in every way.
__attribute__((unused)) static void some_calls(int round)
{
    static int zero = -1, null, pair[2];
    if (zero < 0) {
        zero = open("/dev/zero", O_RDONLY);
        null = open("/dev/null", O_WRONLY);
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair);
    }
    char block[6000];
    struct pollfd polls[3] = { { zero, POLLIN, 0 }, { null, POLLOUT, 0 }, { pair[0], POLLIN, 0 } };
    struct iovec vectors[2] = { { block, 100 }, { block + 3000, 2000 } };
    struct timespec none = { 0, 0 };
    char *any = SITE(attack_any, round % 40);
    ENTER0(SITE(attack_mov, round % 40), -1);
    ENTER3(SITE(attack_read, round % 40), -1, zero, block, 1 + round * 37 % 5999);
    ENTER3(any, SYS_write, null, block, 1 + round * 61 % 5999);
    ENTER2(any, SYS_stat, "/etc/passwd", block);
    ENTER3(any, SYS_open, "/nonexistent/file", O_RDONLY, 0);
    ENTER3(any, SYS_poll, polls, 3, 0);
    ENTER3(any, SYS_readv, zero, vectors, 2);
    enter(any, SYS_sendto, pair[1], (long)"message", 7, MSG_DONTWAIT, 0, 0);
    enter(any, SYS_recvfrom, pair[0], (long)block, sizeof block, MSG_DONTWAIT, 0, 0);
    ENTER4(any, SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &none, NULL);
    ENTER2(any, SYS_getcwd, block, sizeof block);
    ENTER1(any, SYS_close, -1);
}
#endif
