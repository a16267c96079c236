// SPDX-License-Identifier: Apache-2.0
// Linux AIO: io_setup(2), io_submit(2), io_getevents(2), io_cancel(2), io_destroy(2), io_pgetevents(2), the ring in
// the guest's memory, RESFD, limits and errors.
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <linux/aio_abi.h>
#include <sys/eventfd.h>

struct ring {
    unsigned id, nr, head, tail, magic, compat, incompat, length;
    struct io_event events[];
};

static long setup(unsigned n, aio_context_t *c) { return syscall(SYS_io_setup, n, c); }
static long destroy(aio_context_t c) { return syscall(SYS_io_destroy, c); }
static long submit(aio_context_t c, long n, struct iocb **p) { return syscall(SYS_io_submit, c, n, p); }
static long cancel(aio_context_t c, struct iocb *p, struct io_event *e) { return syscall(SYS_io_cancel, c, p, e); }
static long get(aio_context_t c, long min, long n, struct io_event *e, struct timespec *t)
{
    return syscall(SYS_io_getevents, c, min, n, e, t);
}

static struct timespec soon = { 5, 0 }, zero = { 0, 0 }, shortly = { 0, 30000000 };

static void fill(struct iocb *b, int op, int fd, void *buffer, long n, long offset)
{
    memset(b, 0, sizeof *b);
    b->aio_lio_opcode = (unsigned short)op;
    b->aio_fildes = (unsigned)fd;
    b->aio_buf = (unsigned long)buffer;
    b->aio_nbytes = (unsigned long)n;
    b->aio_offset = offset;
    b->aio_data = 0x1234 + op;
}

// Submits one and prints what comes of it.
static void one(const char *what, aio_context_t c, struct iocb *b)
{
    struct iocb *list[1] = { b };
    struct io_event e = { 0 };
    errno = 0;
    long n = submit(c, 1, list);
    if (n != 1) {
        say("%s: submit %ld %s", what, n, err_name(errno));
        return;
    }
    n = get(c, 1, 1, &e, &soon);
    say("%s: %ld data %llx mine %d res %lld res2 %lld", what, n, e.data, e.obj == (unsigned long)b, e.res, e.res2);
}

static void transfers(aio_context_t c)
{
    struct iocb b;
    char buffer[64] = "hello, world", back[64] = "";
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644));
    fill(&b, IOCB_CMD_PWRITE, fd, buffer, 12, 0);
    one("pwrite", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, back, 64, 0);
    one("pread", c, &b);
    say("%s", back);
    fill(&b, IOCB_CMD_PREAD, fd, back, 64, 100);
    one("pread at the end", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, back, 64, -1);
    one("pread at -1", c, &b);
    fill(&b, IOCB_CMD_PWRITE, fd, buffer, 5, -1);
    one("pwrite at -1", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, BAD, 5, 0);
    one("pread to nowhere", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, (void *)0xffff888000000000, 5, 0);
    one("pread to the kernel", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, back, -1, 0);
    one("pread of -1", c, &b);
    struct iovec v[2] = { { buffer, 5 }, { buffer + 7, 5 } }, r[2] = { { back, 3 }, { back + 10, 20 } };
    fill(&b, IOCB_CMD_PWRITEV, fd, v, 2, 20);
    one("pwritev", c, &b);
    memset(back, 0, sizeof back);
    fill(&b, IOCB_CMD_PREADV, fd, r, 2, 20);
    one("preadv", c, &b);
    say("%s %s", back, back + 10);
    fill(&b, IOCB_CMD_PREADV, fd, r, 2000, 20);
    one("preadv of many", c, &b);
    fill(&b, IOCB_CMD_PREADV, fd, BAD, 2, 20);
    one("preadv from nowhere", c, &b);
    fill(&b, IOCB_CMD_FSYNC, fd, NULL, 0, 0);
    one("fsync", c, &b);
    fill(&b, IOCB_CMD_FDSYNC, fd, NULL, 0, 0);
    one("fdsync", c, &b);
    fill(&b, IOCB_CMD_FSYNC, fd, buffer, 1, 0);
    one("fsync with a buffer", c, &b);
    fill(&b, IOCB_CMD_NOOP, fd, NULL, 0, 0);
    one("noop", c, &b);
    fill(&b, 4, fd, NULL, 0, 0);
    one("4", c, &b);
    fill(&b, 77, fd, NULL, 0, 0);
    one("77", c, &b);
    fill(&b, IOCB_CMD_PREAD, 99, back, 1, 0);
    one("bad descriptor", c, &b);
    fill(&b, IOCB_CMD_PREAD, fd, back, 1, 0);
    b.aio_flags = 0x80;
    one("bad flags", c, &b);
    b.aio_flags = 0;
    b.aio_rw_flags = 0x7fffff;
    one("bad rw flags", c, &b);
    b.aio_rw_flags = 0;
    b.aio_reserved2 = 1;
    one("reserved", c, &b);
    b.aio_reserved2 = 0;
    b.aio_flags = IOCB_FLAG_IOPRIO;
    b.aio_reqprio = (short)0x8001;
    one("bad priority", c, &b);
    int ro = (int)MUST(open("file", O_RDONLY)), wo = (int)MUST(open("file", O_WRONLY));
    int path = (int)MUST(open("file", O_PATH)), dir = (int)MUST(open(".", O_RDONLY));
    fill(&b, IOCB_CMD_PWRITE, ro, buffer, 1, 0);
    one("write to read-only", c, &b);
    fill(&b, IOCB_CMD_PREAD, wo, buffer, 1, 0);
    one("read of write-only", c, &b);
    fill(&b, IOCB_CMD_PREAD, path, buffer, 1, 0);
    one("read of O_PATH", c, &b);
    fill(&b, IOCB_CMD_PREAD, dir, buffer, 1, 0);
    one("read of a directory", c, &b);
    int ends[2];
    MUST(pipe(ends));
    fill(&b, IOCB_CMD_PWRITE, ends[1], buffer, 5, 0);
    one("write to a pipe", c, &b);
    fill(&b, IOCB_CMD_PREAD, ends[0], back, 5, 0);
    one("read of a pipe", c, &b);
    fill(&b, IOCB_CMD_FSYNC, ends[0], NULL, 0, 0);
    one("fsync of a pipe", c, &b);
    MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    fill(&b, IOCB_CMD_PREAD, ends[0], back, 5, 0);
    one("read of an empty pipe", c, &b);
    close(ends[0]);
    signal(SIGPIPE, SIG_IGN);
    fill(&b, IOCB_CMD_PWRITE, ends[1], buffer, 5, 0);
    one("write to a broken pipe", c, &b);
}

static void polling(aio_context_t c)
{
    struct iocb b;
    struct io_event e = { 0 };
    struct iocb *list[1] = { &b };
    int ends[2];
    MUST(pipe(ends));
    fill(&b, IOCB_CMD_POLL, ends[1], NULL, 0, 0);
    b.aio_buf = POLLOUT;
    one("poll, ready", c, &b);
    b.aio_buf = 0x10000;
    one("poll of too many bits", c, &b);
    fill(&b, IOCB_CMD_POLL, ends[0], NULL, 0, 0);
    b.aio_buf = POLLIN;
    SHOW(submit(c, 1, list));
    SHOW(get(c, 0, 1, &e, &zero));
    SHOW(get(c, 1, 1, &e, &shortly));
    SHOW(write(ends[1], "x", 1));
    SHOW(get(c, 1, 1, &e, &soon));
    say("polled %llx %lld", e.data, e.res);
    char x;
    MUST(read(ends[0], &x, 1));
    SHOW(submit(c, 1, list));
    SHOW(cancel(c, &b, &e));
    SHOW(get(c, 1, 1, &e, &soon));
    say("cancelled %llx %lld", e.data, e.res);
    SHOW(cancel(c, &b, &e));
    struct iocb other;
    memset(&other, 0, sizeof other);
    SHOW(cancel(c, &other, &e));
    other.aio_key = 1;
    SHOW(cancel(c, &other, &e));
    SHOW(cancel(c, BAD, &e));
    SHOW(cancel(0, &b, &e));
    SHOW(submit(c, 1, list));
    close(ends[1]);
    SHOW(get(c, 1, 1, &e, &soon));
    say("hung up %llx %lld", e.data, e.res);
    fill(&b, IOCB_CMD_POLL, (int)MUST(open("file", O_RDONLY)), NULL, 0, 0);
    b.aio_buf = POLLIN;
    one("poll of a file", c, &b);
}

static void signalled(aio_context_t c)
{
    struct iocb b, d;
    struct iocb *list[2] = { &b, &d };
    struct io_event e[4];
    uint64_t count = 0;
    char buffer[16] = "abc";
    int fd = (int)MUST(open("file", O_RDWR)), event = (int)MUST(eventfd(0, EFD_NONBLOCK));
    fill(&b, IOCB_CMD_PWRITE, fd, buffer, 3, 0);
    fill(&d, IOCB_CMD_PREAD, fd, buffer, 3, 0);
    b.aio_flags = d.aio_flags = IOCB_FLAG_RESFD;
    b.aio_resfd = d.aio_resfd = (unsigned)event;
    SHOW(submit(c, 2, list));
    struct pollfd p = { event, POLLIN, 0 };
    SHOW(poll(&p, 1, 5000));
    SHOW(get(c, 2, 4, e, NULL));
    SHOW(read(event, &count, 8));
    say("count %d", (int)count);
    b.aio_resfd = (unsigned)fd;
    one("not an eventfd", c, &b);
    b.aio_resfd = 99;
    one("no eventfd", c, &b);
}

static void lists(void)
{
    aio_context_t c = 0, d = 0;
    struct iocb b[3];
    struct iocb *list[4] = { &b[0], BAD, &b[1], NULL };
    struct io_event e[4];
    char buffer[8] = "x";
    int fd = (int)MUST(open("file", O_RDWR));
    SHOW(setup(0, &c));
    SHOW(setup(1, BAD));
    SHOW(setup(0x7fffffff, &c));
    c = 7;
    SHOW(setup(1, &c));
    c = 0;
    SHOW(setup(4, &c));
    SHOW(setup(4, &d));
    say("two %d", c != 0 && d != 0 && c != d);
    for (int i = 0; i < 3; i++) { fill(&b[i], IOCB_CMD_PWRITE, fd, buffer, 1, i); }
    SHOW(submit(c, 3, list));
    SHOW(get(c, 1, 4, e, &soon));
    SHOW(submit(c, 1, list + 1));
    SHOW(submit(c, 1, list + 3));
    SHOW(submit(c, 0, list));
    SHOW(submit(c, -1, list));
    SHOW(submit(c, 1, BAD));
    SHOW(submit(0, 1, list));
    SHOW(submit(c + 4096, 1, list));
    SHOW(submit(12345, 0, list));
    list[1] = &b[1];
    b[1].aio_fildes = 99;
    SHOW(submit(c, 3, list));
    SHOW(get(c, 0, 4, e, NULL));
    b[1].aio_fildes = (unsigned)fd;
    SHOW(get(c, 0, 0, e, &zero));
    SHOW(get(c, 1, 0, e, &zero));
    SHOW(get(c, -1, 1, e, &zero));
    SHOW(get(c, 0, -1, e, &zero));
    SHOW(get(0, 0, 1, e, &zero));
    struct timespec bad = { 0, -1 };
    SHOW(get(c, 0, 1, e, &bad));
    SHOW(get(c, 0, 1, e, BAD));
    SHOW(submit(c, 1, list));
    SHOW(get(c, 1, 1, BAD, &soon));
    SHOW(get(c, 0, 1, e, &zero));
    SHOW(destroy(c));
    SHOW(destroy(c));
    SHOW(destroy(0));
    SHOW(get(c, 0, 1, e, &zero));
    SHOW(submit(c, 1, list));
    CHILD("a child has none", SHOW(get(d, 0, 1, e, &zero)); SHOW(destroy(d)));
    SHOW(destroy(d));
}

// What libaio does without a call: it takes events from the ring by itself.
static void ring(void)
{
    aio_context_t c = 0;
    MUST(setup(8, &c));
    struct ring *r = (struct ring *)c;
    say("magic %x compat %x incompat %x length %u", r->magic, r->compat, r->incompat, r->length);
    say("room %d head %u tail %u", r->nr >= 8, r->head, r->tail);
    struct iocb b[2];
    struct iocb *list[2] = { &b[0], &b[1] };
    char buffer[8] = "x";
    int fd = (int)MUST(open("file", O_RDWR));
    for (int i = 0; i < 2; i++) { fill(&b[i], IOCB_CMD_PWRITE, fd, buffer, 1 + i, i); }
    SHOW(submit(c, 2, list));
    struct io_event e[4];
    for (int i = 0; i < 200 && r->tail < 2; i++) { sleep_ms(5); }
    say("head %u tail %u first %lld second %lld", r->head, r->tail, r->events[0].res, r->events[1].res);
    r->head = 1;
    SHOW(get(c, 1, 4, e, &zero));
    say("got %lld, head %u", e[0].res, r->head);
    SHOW(submit(c, 2, list));
    r->head = 0xfffffff0;
    r->tail = 0x12345678;
    r->nr = 0xffffffff;
    say("after nonsense: %d", get(c, 0, 4, e, &zero) >= 0);
    r->id = 1000;
    SHOW(get(c, 0, 4, e, &zero));
    r->id = 0xffffffff;
    SHOW(submit(c, 1, list));
    SHOW(destroy(c));
    c = 0;
    MUST(setup(8, &c));
    SHOW(munmap((void *)c, 4096));
    SHOW(get(c, 0, 4, e, &zero));
    SHOW(destroy(c));
}

static int number(const char *path)
{
    char text[32] = "";
    int fd = (int)MUST(open(path, O_RDONLY));
    MUST(read(fd, text, 31));
    close(fd);
    return atoi(text);
}

static void limits(void)
{
    aio_context_t c = 0;
    say("maximum %d", number("/proc/sys/fs/aio-max-nr"));
    int before = number("/proc/sys/fs/aio-nr");
    MUST(setup(100, &c));
    say("counted %d", number("/proc/sys/fs/aio-nr") - before >= 100);
    MUST(destroy(c));
    c = 0;
    SHOW(setup(65537, &c));
    SHOW(setup(0x10000000, &c));
}

static void nothing(int number_) { (void)number_; }

static void blocked(aio_context_t c)
{
    struct io_event e;
    struct itimerval timer = { { 0, 0 }, { 0, 30000 } };
    struct sigaction action = { .sa_handler = nothing };
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    SHOW(get(c, 1, 1, &e, NULL));
    sigset_t set;
    sigemptyset(&set);
    struct { const sigset_t *set; size_t size; } mask = { &set, 8 }, wrong = { &set, 7 };
    SHOW(syscall(SYS_io_pgetevents, c, 0, 1, &e, &zero, &mask));
    SHOW(syscall(SYS_io_pgetevents, c, 0, 1, &e, &zero, &wrong));
    SHOW(syscall(SYS_io_pgetevents, c, 0, 1, &e, &zero, BAD));
    SHOW(syscall(SYS_io_pgetevents, c, 1, 1, &e, &shortly, NULL));
    sigset_t alarm_set;
    sigemptyset(&alarm_set);
    sigaddset(&alarm_set, SIGALRM);
    sigprocmask(SIG_BLOCK, &alarm_set, NULL);
    setitimer(ITIMER_REAL, &timer, NULL);
    SHOW(syscall(SYS_io_pgetevents, c, 1, 1, &e, NULL, &mask));
}

int main(void)
{
    aio_context_t c = 0;
    SHOW(setup(32, &c));
    transfers(c);
    polling(c);
    signalled(c);
    blocked(c);
    MUST(destroy(c));
    lists();
    ring();
    limits();
    // A pending request does not keep a process.
    c = 0;
    MUST(setup(1, &c));
    int ends[2];
    MUST(pipe(ends));
    struct iocb b;
    struct iocb *list[1] = { &b };
    fill(&b, IOCB_CMD_POLL, ends[0], NULL, 0, 0);
    b.aio_buf = POLLIN;
    SHOW(submit(c, 1, list));
    return 0;
}
