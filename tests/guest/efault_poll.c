// SPDX-License-Identifier: Apache-2.0
// EFAULT of poll(2), ppoll, select, pselect6, epoll_ctl, epoll_wait and epoll_pwait: bad pointers, arrays
// that end where memory ends, counts that overflow, sets and timeouts that overlap; what a call that fails
// has written, and what comes first when two things are wrong.
// @timeout 60
#include "bad.h"
#include <sys/epoll.h>
#include <sys/select.h>

static int ends[2], ep;
static const struct timespec soon = { 0, 1000000 }, none_left = { 0, 0 };

static struct pollfd *polls_at(char *p, int count)
{
    static int fds[3];
    fds[0] = ends[1];
    fds[1] = ends[0];
    fds[2] = -1;
    struct pollfd *list = (struct pollfd *)p;
    for (int i = 0; i < count; i++) { list[i] = (struct pollfd){ fds[i % 3], POLLIN | POLLOUT, 0x55 }; }
    return list;
}

static void polls(void)
{
    EACH_BAD("poll", SYS(poll, p, 1, 0));
    EACH_BAD("poll none", SYS(poll, p, 0, 0));
    EACH_BAD("poll too many", SYS(poll, p, 1L << 40, 0));
    EACH_BAD("poll -1", SYS(poll, p, -1L, 0));
    EACH_BAD("poll overflow", SYS(poll, p, 1L << 61, 0));
    struct pollfd one = { ends[1], POLLOUT, 0 };
    EACH_BAD("ppoll", SYS(ppoll, p, 1, &none_left, NULL, 8));
    EACH_BAD("ppoll timeout", p == NULL ? 1 : SYS(ppoll, &one, 1, p, NULL, 8));
    EACH_BAD("ppoll mask", SYS(ppoll, &one, 1, &none_left, p, 8));
    EACH_BAD("ppoll mask of a wrong size", SYS(ppoll, &one, 1, &none_left, p, 4));
    EACH_BAD("ppoll timeout, no descriptor", p == NULL ? 0 : SYS(ppoll, NULL, 0, p, NULL, 8));
    EACH_END("poll", SYS(poll, p, 3, 0), 0, 8, 16, 23);
    EACH_END("poll of 1", (polls_at(p, 1), SYS(poll, p, 1, 0)), 8, 16);
    EACH_END("poll of 3", (polls_at(p, 3), SYS(poll, p, 3, 0)), 24, 25, 32);
    EACH_END("poll of 100", (polls_at(p, 100), SYS(poll, p, 100, 0)), 800, 801);
    EACH_END("poll of 4, 3 there", (polls_at(p, 3), SYS(poll, p, 4, 0)), 24, 25, 31);
    // Read-only arrays: the answer has nowhere to go, also when there is nothing to tell.
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    struct pollfd *list = polls_at(to_ro - 4096, 3);
    list[1].fd = -1;
    list[0].events = 0;
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(poll(list, 3, 0));
    SHOW(poll(list, 1, 5));
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    list[0].events = POLLOUT;
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(poll(list, 3, 0));
    SHOW(poll(list, 3, -1));
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    // Across a boundary: which revents were written before the fault.
    char *edge = boundary(RW, RW);
    list = polls_at(edge - 12, 3);
    for (int i = 0; i < 3; i++) { list[i] = (struct pollfd){ ends[1], POLLOUT, 0x55 }; }
    MUST(mprotect(edge, 4096, PROT_READ));
    SHOW(poll(list, 3, 0));
    say("revents %x %x %x", list[0].revents, list[1].revents, list[2].revents);
    MUST(mprotect(edge, 4096, PROT_READ | PROT_WRITE));
    SHOW(poll(list, 3, 0));
    say("revents %x %x %x", list[0].revents, list[1].revents, list[2].revents);
    // The timeout inside the array, and the mask.
    union {
        struct pollfd list[4];
        struct timespec timeout;
        sigset_t mask;
    } both = { .list = { { -1, POLLIN, 7 }, { 0, 0, 7 }, { ends[1], POLLOUT, 7 } } };
    // As a time, this is a few seconds: nobody waits for them, since one is ready.
    both.list[0] = (struct pollfd){ ends[0], 0, 0 };
    both.list[1] = (struct pollfd){ 1000, 0, 0 };
    SHOW(syscall(SYS_ppoll, both.list, 3, &both.timeout, NULL, 8));
    say("revents of the third %x", both.list[2].revents);
    both.list[0] = (struct pollfd){ ends[0], 0, 0 };
    both.list[1] = (struct pollfd){ 1000, 0, 0 };
    SHOW(syscall(SYS_ppoll, both.list, 3, &none_left, &both.mask, 8));
    // The time that is left is written back, also when that cannot be.
    struct timespec left = { 5, 0 };
    SHOW(syscall(SYS_ppoll, &one, 1, &left, NULL, 8));
    say("time left %d", left.tv_sec == 4 || left.tv_sec == 5);
    struct timespec *fixed = (struct timespec *)(to_ro - 4096);
    *fixed = soon;
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(syscall(SYS_ppoll, &one, 1, fixed, NULL, 8));
    one.events = 0;
    SHOW(syscall(SYS_ppoll, &one, 1, fixed, NULL, 8));
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    EACH_END("ppoll timeout", (memcpy(p, &none_left, 16), SYS(ppoll, &one, 1, p, NULL, 8)), 16, 17);
    EACH_END("ppoll timeout, in part", SYS(ppoll, &one, 1, p, NULL, 8), 0, 1, 8, 15);
    EACH_END("ppoll mask, in part", SYS(ppoll, &one, 1, &none_left, p, 8), 0, 1, 7, 8);
}

static fd_set *set_at(char *p, int fd)
{
    memset(p, 0, 16);
    p[fd / 8] |= (char)(1 << fd % 8);
    return (fd_set *)p;
}

static void selects(void)
{
    struct timeval none = { 0, 0 };
    long mask[2] = { 0, 8 };
    EACH_BAD("select read", (none = (struct timeval){ 0 }, SYS(select, 8, p, NULL, NULL, &none)));
    EACH_BAD("select write", SYS(select, 8, NULL, p, NULL, &none));
    EACH_BAD("select except", SYS(select, 8, NULL, NULL, p, &none));
    EACH_BAD("select 0", SYS(select, 0, p, p, p, &none));
    EACH_BAD("select negative", SYS(select, -1L, p, p, p, &none));
    EACH_BAD("select timeout", p == NULL || p == bad[4].p ? 0 : SYS(select, 0, NULL, NULL, NULL, p));
    EACH_BAD("pselect6 timeout", p == NULL ? 0 : SYS(pselect6, 0, NULL, NULL, NULL, p, NULL));
    EACH_BAD("pselect6 mask", SYS(pselect6, 0, NULL, NULL, NULL, &none_left, p));
    EACH_BAD(
        "pselect6 mask's mask", (mask[0] = (long)p, SYS(pselect6, 0, NULL, NULL, NULL, &none_left, mask)));
    EACH_BAD("select huge", SYS(select, 1L << 30, p, NULL, NULL, &none));
    // Whole words count, also those beyond the last descriptor.
    EACH_END("select of 8", (set_at(p - 8, 70), SYS(select, 8, NULL, p, NULL, &none)), 8, 9, 16);
    EACH_END("select of 8, in part", SYS(select, 8, NULL, p, NULL, &none), 0, 1, 7);
    EACH_END("select of 65", SYS(select, 65, NULL, (memset(p, 0, 8), p), NULL, &none), 8, 9, 15);
    EACH_END("select of 65, all", SYS(select, 65, NULL, (memset(p, 0, 16), p), NULL, &none), 16, 17, 24);
    EACH_END("select of the pipe", SYS(select, ends[1] + 1, NULL, set_at(p, ends[1]), NULL, &none), 16, 32);
    // One set for two purposes, and overlapping ones.
    char page[256];
    memset(page, 0, sizeof page);
    fd_set *same = set_at(page, ends[1]);
    SHOW(SYS(select, ends[1] + 1, same, same, NULL, &none));
    say("in it %d", FD_ISSET(ends[1], same) != 0);
    memset(page, 0, sizeof page);
    set_at(page, ends[1]);
    SHOW(select(ends[1] + 1, (fd_set *)page, (fd_set *)(page + 8), (fd_set *)(page + 4), &none));
    say("%x %x %x", page[ends[1] / 8], page[8 + ends[1] / 8], page[4 + ends[1] / 8]);
    memset(page, 0, sizeof page);
    // The timeout within a set: read first, written last.
    set_at(page, ends[1]);
    SHOW(select(ends[1] + 1, NULL, (fd_set *)page, NULL, (struct timeval *)(page + 8)));
    say("%d", FD_ISSET(ends[1], (fd_set *)page) != 0);
    // What a bad descriptor leaves behind, and a set that cannot be written.
    set_at(page, 60);
    SHOW(select(61, NULL, (fd_set *)page, NULL, &none));
    say("set is as it was %d", FD_ISSET(60, (fd_set *)page) != 0);
    set_at(to_ro - 4096, ends[1]);
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(select(ends[1] + 1, NULL, (fd_set *)(to_ro - 4096), NULL, &none));
    SHOW(select(ends[1] + 1, (fd_set *)(to_ro - 4096), NULL, NULL, &none));
    set_at(page, ends[1]);
    SHOW(select(ends[1] + 1, (fd_set *)page, (fd_set *)(to_ro - 4096), NULL, &none));
    SHOW(select(ends[1] + 1, (fd_set *)(to_ro - 4096), (fd_set *)page, NULL, &none));
    say("the other one %d", FD_ISSET(ends[1], (fd_set *)page) != 0);
    struct timeval *fixed = (struct timeval *)(to_ro - 2048);
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
    *fixed = (struct timeval){ 0, 1000 };
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ));
    SHOW(syscall(SYS_select, 0, NULL, NULL, NULL, fixed));
    set_at(page, ends[1]);
    SHOW(syscall(SYS_select, ends[1] + 1, NULL, page, NULL, fixed));
    MUST(mprotect(to_ro - 4096, 4096, PROT_READ | PROT_WRITE));
}

static void epolls(void)
{
    struct epoll_event event = { EPOLLOUT, { .u64 = 0x1122334455667788 } };
    EACH_BAD("epoll_ctl add",
        SYS(epoll_ctl, ep, EPOLL_CTL_ADD, ends[0], p) == 0 ? epoll_ctl(ep, EPOLL_CTL_DEL, ends[0], NULL)
                                                           : -1);
    EACH_BAD("epoll_ctl add, closed", SYS(epoll_ctl, ep, EPOLL_CTL_ADD, 99, p));
    EACH_BAD("epoll_ctl mod, not in it", SYS(epoll_ctl, ep, EPOLL_CTL_MOD, ends[0], p));
    EACH_BAD("epoll_ctl del, not in it", SYS(epoll_ctl, ep, EPOLL_CTL_DEL, ends[0], p));
    EACH_BAD("epoll_ctl unknown", SYS(epoll_ctl, ep, 9, ends[0], p));
    EACH_END("epoll_ctl add",
        (memcpy(p, &event, 12),
            SYS(epoll_ctl, ep, EPOLL_CTL_ADD, ends[1], p) == 0 ? epoll_ctl(ep, EPOLL_CTL_DEL, ends[1], NULL)
                                                               : -1),
        12, 13);
    EACH_END("epoll_ctl add, in part",
        SYS(epoll_ctl, ep, EPOLL_CTL_ADD, ends[1], p) == 0 ? epoll_ctl(ep, EPOLL_CTL_DEL, ends[1], NULL) : -1,
        0, 1, 11);
    EACH_BAD("epoll_wait, nothing", SYS(epoll_wait, ep, p, 1, 0));
    EACH_BAD("epoll_wait, none", SYS(epoll_wait, ep, p, 0, 0));
    EACH_BAD("epoll_wait, overflow", SYS(epoll_wait, ep, p, INT_MAX, 0));
    EACH_BAD("epoll_wait, negative", SYS(epoll_wait, ep, p, -1L, 0));
    EACH_BAD("epoll_wait, closed", SYS(epoll_wait, 99, p, 1, 0));
    EACH_BAD("epoll_wait, no epoll", SYS(epoll_wait, ends[0], p, 1, 0));
    int more = (int)MUST(dup(ends[1]));
    MUST(epoll_ctl(ep, EPOLL_CTL_ADD, ends[1], &event));
    MUST(epoll_ctl(ep, EPOLL_CTL_ADD, more, &event));
    EACH_BAD("epoll_wait", SYS(epoll_wait, ep, p, 4, 0));
    EACH_BAD("epoll_pwait mask", SYS(epoll_pwait, ep, &event, 1, 0, p, 8));
    EACH_BAD("epoll_pwait mask of a wrong size", SYS(epoll_pwait, ep, &event, 1, 0, p, 4));
    EACH_BAD("epoll_pwait2 timeout", p == NULL ? 1 : SYS(epoll_pwait2, ep, &event, 1, p, NULL, 8));
    EACH_END("epoll_wait of 1", SYS(epoll_wait, ep, p, 1, 0), 0, 1, 8, 11, 12, 13);
    EACH_END("epoll_wait of 4", SYS(epoll_wait, ep, p, 4, 0), 0, 1, 11, 12, 23, 24, 48);
    struct epoll_event seen[4];
    memset(seen, 0x33, sizeof seen);
    SHOW(epoll_wait(ep, seen, 4, 0));
    say("data %d, behind it as before %d", seen[0].data.u64 == event.data.u64, seen[2].events == 0x33333333);
    // An edge or a one-shot whose report could not be written is still to be reported.
    event.events = EPOLLOUT | EPOLLET;
    MUST(epoll_ctl(ep, EPOLL_CTL_MOD, ends[1], &event));
    event.events = EPOLLOUT | EPOLLONESHOT;
    MUST(epoll_ctl(ep, EPOLL_CTL_MOD, more, &event));
    SHOW(syscall(SYS_epoll_wait, ep, BAD, 4, 0));
    SHOW(syscall(SYS_epoll_wait, ep, to_hole - 12, 4, 0));
    SHOW(epoll_wait(ep, seen, 4, 0));
    SHOW(epoll_wait(ep, seen, 4, 0));
}

int main(void)
{
    bad_init();
    bad[5].p = NULL;
    MUST(pipe(ends));
    ep = (int)MUST(epoll_create1(0));
    // A table of more than 64 descriptors, so that a set of 65 is not cut down to one word.
    MUST(dup2(0, 200));
    polls();
    selects();
    epolls();
    return 0;
}
