// SPDX-License-Identifier: Apache-2.0
// io_uring(7) through liburing: every operation, links, timeouts, cancellation, registered things, errors.
// @flags -Wl,--whole-archive -luring -Wl,--no-whole-archive
// @places overlay,layer,volume,tmpfs
#include "bad.h"
#include <liburing.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

static struct io_uring ring;
static struct __kernel_timespec soon = { 5, 0 }, shortly = { 0, 30000000 };

static struct io_uring_sqe *sqe(int data)
{
    struct io_uring_sqe *s = io_uring_get_sqe(&ring);
    MUST(s ? 0 : -1);
    memset(s, 0, sizeof *s);
    s->user_data = (unsigned)data;
    return s;
}

#define PREP(data, prep, ...) \
    ({ struct io_uring_sqe *s_ = sqe(data); io_uring_prep_##prep(s_, ##__VA_ARGS__); s_->user_data = (data); s_; })

struct done { int data, res, flags; };

static int compare(const void *a, const void *b)
{
    const struct done *x = a, *y = b;
    return x->data != y->data ? x->data - y->data : x->res - y->res;
}

static void name(char *text, int size, int res)
{
    if (res < 0) {
        snprintf(text, size, "%s", err_name(-res));
    } else {
        snprintf(text, size, "%d", res);
    }
}

// Submits, waits for so many completions and prints them in the order of their user data.
static void collect(const char *what, int count)
{
    struct done all[64];
    char line[1024] = "", text[32];
    int length = 0, n = 0;
    int submitted = io_uring_submit(&ring);
    while (n < count) {
        struct io_uring_cqe *cqe = NULL;
        int error = io_uring_wait_cqe_timeout(&ring, &cqe, &soon);
        if (error) {
            say("%s: submitted %d, %d of %d came: %s", what, submitted, n, count, err_name(-error));
            return;
        }
        all[n++] = (struct done){ (int)cqe->user_data, cqe->res, (int)cqe->flags };
        io_uring_cqe_seen(&ring, cqe);
    }
    qsort(all, n, sizeof *all, compare);
    for (int i = 0; i < n; i++) {
        name(text, sizeof text, all[i].res);
        length += snprintf(line + length, sizeof line - length, " %d=%s", all[i].data, text);
        if (all[i].flags) { length += snprintf(line + length, sizeof line - length, "/%x", all[i].flags); }
    }
    struct io_uring_cqe *more = NULL;
    say("%s: submitted %d:%s%s", what, submitted, line, io_uring_peek_cqe(&ring, &more) == 0 ? " and more" : "");
    while (io_uring_peek_cqe(&ring, &more) == 0) {
        name(text, sizeof text, more->res);
        say("  %d=%s/%x", (int)more->user_data, text, more->flags);
        io_uring_cqe_seen(&ring, more);
    }
}

// Ends what earlier requests may have left, which on the host is not the same each time.
static void clear(void)
{
    struct io_uring_cqe *cqe;
    int last;
    PREP(98, cancel64, 0, IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
    io_uring_submit(&ring);
    do {
        MUST(-io_uring_wait_cqe(&ring, &cqe));
        last = cqe->user_data == 98;
        io_uring_cqe_seen(&ring, cqe);
    } while (!last);
    while (io_uring_peek_cqe(&ring, &cqe) == 0) { io_uring_cqe_seen(&ring, cqe); }
}

// One request alone: one that is refused at once ends a submission.
#define ONE(what, prep, ...) (PREP(1, prep, ##__VA_ARGS__), collect(what, 1))

static void files(void)
{
    char buffer[64] = "hello, world", back[64] = "";
    struct statx state;
    PREP(1, openat, AT_FDCWD, "file", O_RDWR | O_CREAT | O_TRUNC, 0644);
    io_uring_submit(&ring);
    struct io_uring_cqe *cqe;
    MUST(-io_uring_wait_cqe(&ring, &cqe));
    int fd = cqe->res;
    io_uring_cqe_seen(&ring, cqe);
    say("opened %d, close on exec %d", fd >= 0, fcntl(fd, F_GETFD));
    PREP(1, nop);
    PREP(2, write, fd, buffer, 12, 0);
    collect("write", 2);
    PREP(1, read, fd, back, 64, 7);
    collect("read", 1);
    say("%s", back);
    PREP(1, write, fd, buffer, 5, -1);
    collect("write at the position", 1);
    SHOW(lseek(fd, 0, SEEK_CUR));
    PREP(1, read, fd, back, 64, 1000);
    PREP(2, read, fd, BAD, 64, 0);
    PREP(3, read, 99, back, 64, 0);
    PREP(4, write, fd, BAD, 64, 0);
    PREP(5, read, fd, back, 64, -2);
    collect("reads that fail", 5);
    struct iovec v[2] = { { buffer, 5 }, { buffer + 7, 5 } }, r[2] = { { back, 3 }, { back + 10, 20 } };
    PREP(1, writev, fd, v, 2, 20);
    collect("writev", 1);
    memset(back, 0, sizeof back);
    ONE("readv", readv, fd, r, 2, 20);
    ONE("readv from nowhere", readv, fd, BAD, 2, 20);
    ONE("readv of many", readv, fd, r, 3000, 20);
    say("%s %s", back, back + 10);
    PREP(1, fsync, fd, 0);
    PREP(2, fsync, fd, IORING_FSYNC_DATASYNC);
    PREP(3, fallocate, fd, 0, 0, 100);
    PREP(4, fadvise, fd, 0, 100, POSIX_FADV_WILLNEED);
    collect("about files", 4);
    PREP(5, statx, AT_FDCWD, "file", 0, STATX_SIZE, &state);
    PREP(6, statx, AT_FDCWD, "nothing", 0, STATX_SIZE, &state);
    collect("status", 2);
    ONE("fsync with flags", fsync, fd, 77);
    say("size %d", (int)state.stx_size);
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    page[0] = 1;
    PREP(1, madvise, page, 4096, MADV_DONTNEED);
    collect("madvise", 1);
    say("page %d", page[0]);
    // One after the other: Linux's workers may take them in any order.
    ONE("mkdirat", mkdirat, AT_FDCWD, "dir", 0755);
    ONE("mkdirat over a file", mkdirat, AT_FDCWD, "file", 0755);
    ONE("symlinkat", symlinkat, "file", AT_FDCWD, "symlink");
    ONE("linkat", linkat, AT_FDCWD, "file", AT_FDCWD, "hard", 0);
    ONE("renameat", renameat, AT_FDCWD, "symlink", AT_FDCWD, "moved", 0);
    ONE("unlinkat of a directory", unlinkat, AT_FDCWD, "dir", 0);
    ONE("unlinkat, AT_REMOVEDIR", unlinkat, AT_FDCWD, "dir", AT_REMOVEDIR);
    ONE("unlinkat", unlinkat, AT_FDCWD, "hard", 0);
    ONE("unlinkat of a link", unlinkat, AT_FDCWD, "moved", 0);
    ONE("unlink nothing", unlinkat, AT_FDCWD, BAD, 0);
    struct open_how how = { .flags = O_RDONLY };
    PREP(1, openat2, AT_FDCWD, "nothing", &how);
    PREP(2, openat, AT_FDCWD, "nothing", O_RDONLY, 0);
    PREP(3, openat, 99, "nothing", O_RDONLY, 0);
    collect("opens that fail", 3);
    int copy = dup(fd);
    PREP(1, close, copy);
    PREP(2, close, 99);
    PREP(3, close, ring.ring_fd);
    collect("close", 3);
    SHOW(fcntl(copy, F_GETFD));
    int ro = (int)MUST(open("file", O_RDONLY)), dir = (int)MUST(open(".", O_RDONLY));
    PREP(1, write, ro, buffer, 1, 0);
    PREP(2, read, dir, buffer, 1, 0);
    PREP(3, poll_add, ro, POLLIN);
    collect("wrong files", 3);
    close(ro);
    close(dir);
    close(fd);
}

static void pipes(void)
{
    int ends[2], others[2];
    char buffer[64] = "", text[] = "some bytes";
    MUST(pipe(ends));
    MUST(pipe(others));
    PREP(1, read, ends[0], buffer, 64, 0);
    say("submitted %d", io_uring_submit(&ring));
    struct io_uring_cqe *cqe = NULL;
    say("nothing yet: %s", err_name(-io_uring_peek_cqe(&ring, &cqe)));
    MUST(write(ends[1], text, 10));
    collect("read when it comes", 1);
    say("%s", buffer);
    PREP(1, poll_add, ends[0], POLLIN);
    PREP(2, poll_add, ends[1], POLLOUT);
    collect("poll", 1);
    MUST(write(ends[1], text, 10));
    collect("poll in", 1);
    PREP(1, splice, ends[0], -1, others[1], -1, 4, 0);
    collect("splice", 1);
    ONE("tee", tee, ends[0], others[1], 3, 0);
    ONE("splice at an offset", splice, ends[0], 0, others[1], -1, 4, 0);
    ONE("splice from nowhere", splice, 99, -1, others[1], -1, 4, 0);
    long n = read(others[0], buffer, 64);
    buffer[n > 0 ? n : 0] = 0;
    say("%ld %s", n, buffer);
    MUST(read(ends[0], buffer, 64));
    PREP(1, splice, ends[0], -1, others[1], -1, 4, 0);
    io_uring_submit(&ring);
    sleep_ms(20);
    MUST(write(ends[1], text, 4));
    collect("splice when it comes", 1);
    MUST(fcntl(ends[0], F_SETFL, O_NONBLOCK));
    struct io_uring_sqe *s = PREP(1, read, ends[0], buffer, 64, 0);
    s->rw_flags = RWF_NOWAIT;
    collect("RWF_NOWAIT", 1);
    PREP(1, poll_multishot, ends[0], POLLIN);
    io_uring_submit(&ring);
    sleep_ms(20);
    MUST(write(ends[1], text, 1));
    collect("multishot", 1);
    MUST(write(ends[1], text, 1));
    collect("multishot", 1);
    PREP(2, poll_remove, 1);
    PREP(3, poll_remove, 77);
    collect("poll removed", 3);
    MUST(read(ends[0], buffer, 64));
    MUST(fcntl(ends[0], F_SETFL, 0));
    PREP(1, read, ends[0], buffer, 64, 0);
    io_uring_submit(&ring);
    close(ends[1]);
    collect("end of the pipe", 1);
    signal(SIGPIPE, SIG_IGN);
    close(others[0]);
    PREP(1, write, others[1], buffer, 1, 0);
    collect("broken pipe", 1);
}

static void sockets(void)
{
    char buffer[64] = "", text[] = "message";
    struct sockaddr_un at = { AF_UNIX, "socket" };
    int listener = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0)), client = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(listener, (struct sockaddr *)&at, sizeof at));
    MUST(listen(listener, 5));
    PREP(1, accept, listener, NULL, NULL, SOCK_CLOEXEC);
    io_uring_submit(&ring);
    PREP(2, connect, client, (struct sockaddr *)&at, sizeof at);
    io_uring_submit(&ring);
    int server = -1;
    for (int i = 0; i < 2; i++) {
        struct io_uring_cqe *cqe;
        MUST(-io_uring_wait_cqe_timeout(&ring, &cqe, &soon));
        if (cqe->user_data == 1) { server = cqe->res; } else { say("connect %d", cqe->res); }
        io_uring_cqe_seen(&ring, cqe);
    }
    say("accepted %d", server >= 0);
    PREP(1, recv, server, buffer, 64, 0);
    PREP(2, send, client, text, 7, 0);
    collect("send and recv", 2);
    say("%s", buffer);
    struct iovec v = { text, 7 }, r = { buffer, 64 };
    struct msghdr out = { .msg_iov = &v, .msg_iovlen = 1 }, in = { .msg_iov = &r, .msg_iovlen = 1 };
    PREP(1, recvmsg, client, &in, 0);
    PREP(2, sendmsg, server, &out, 0);
    collect("sendmsg and recvmsg", 2);
    PREP(1, recv, server, buffer, 64, MSG_DONTWAIT);
    PREP(2, recv, 0, buffer, 64, 0);
    PREP(3, recv, 99, buffer, 64, 0);
    PREP(4, send, server, BAD, 64, 0);
    PREP(5, accept, server, NULL, NULL, 0);
    PREP(6, recv, server, BAD, 64, MSG_DONTWAIT);
    collect("that fail", 6);
    ONE("bad shutdown", shutdown, client, 77);
    PREP(1, recv, server, buffer, 64, 0);
    PREP(2, shutdown, client, SHUT_WR);
    collect("shutdown", 2);
    close(client);
    PREP(1, send, server, text, 7, 0);
    collect("no SIGPIPE", 1);
    PREP(1, socket, AF_UNIX, SOCK_STREAM, 0, 0);
    io_uring_submit(&ring);
    struct io_uring_cqe *cqe;
    MUST(-io_uring_wait_cqe(&ring, &cqe));
    say("socket %d", cqe->res > 2);
    close(cqe->res);
    io_uring_cqe_seen(&ring, cqe);
    close(server);
    close(listener);
}

static void times(void)
{
    struct __kernel_timespec bad = { -1, 0 };
    PREP(1, timeout, &shortly, 0, 0);
    collect("timeout", 1);
    PREP(1, timeout, &soon, 2, 0);
    PREP(2, nop);
    PREP(3, nop);
    collect("timeout that counts", 3);
    ONE("negative timeout", timeout, &bad, 0, 0);
    ONE("timeout from nowhere", timeout, (struct __kernel_timespec *)BAD, 0, 0);
    ONE("timeout with flags", timeout, &soon, 0, 0x8000);
    PREP(1, timeout, &soon, 0, 0);
    io_uring_submit(&ring);
    PREP(2, timeout_remove, 1, 0);
    PREP(3, timeout_remove, 77, 0);
    collect("removed", 3);
    PREP(1, timeout, &soon, 0, 0);
    io_uring_submit(&ring);
    PREP(2, timeout_update, &shortly, 1, 0);
    collect("updated", 2);
    struct io_uring_sqe *s = PREP(1, timeout, &shortly, 0, IORING_TIMEOUT_ETIME_SUCCESS);
    s->flags |= IOSQE_IO_LINK;
    PREP(2, nop);
    collect("success", 2);
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    struct __kernel_timespec at = { now.tv_sec, now.tv_nsec };
    PREP(1, timeout, &at, 0, IORING_TIMEOUT_ABS);
    collect("absolute", 1);
}

static void links(void)
{
    char buffer[16] = "x";
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644)), ends[2];
    MUST(pipe(ends));
    PREP(1, write, fd, buffer, 1, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, read, fd, buffer, 1, 0)->flags |= IOSQE_IO_LINK;
    PREP(3, nop);
    collect("all well", 3);
    PREP(1, read, fd, buffer, 16, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, nop)->flags |= IOSQE_IO_LINK;
    PREP(3, nop);
    PREP(4, nop);
    collect("short read", 4);
    PREP(1, read, fd, buffer, 16, 0)->flags |= IOSQE_IO_HARDLINK;
    PREP(2, nop)->flags |= IOSQE_IO_LINK;
    PREP(3, nop);
    collect("hard link", 3);
    PREP(1, read, 99, buffer, 16, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, nop);
    collect("bad descriptor", 2);
    PREP(1, read, ends[0], buffer, 1, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, write, fd, buffer, 1, 0);
    io_uring_submit(&ring);
    sleep_ms(20);
    MUST(write(ends[1], "y", 1));
    collect("link that waits", 2);
    PREP(1, read, ends[0], buffer, 1, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, link_timeout, &shortly, 0);
    collect("linked timeout fires", 2);
    PREP(1, nop)->flags |= IOSQE_IO_LINK;
    PREP(2, link_timeout, &soon, 0);
    collect("linked timeout not needed", 2);
    PREP(1, read, ends[0], buffer, 1, 0)->flags |= IOSQE_IO_LINK;
    PREP(2, link_timeout, &soon, 0);
    io_uring_submit(&ring);
    MUST(write(ends[1], "y", 1));
    collect("linked timeout not needed later", 2);
    PREP(1, link_timeout, &soon, 0);
    collect("linked to nothing", 1);
    PREP(1, read, ends[0], buffer, 1, 0);
    PREP(2, nop)->flags |= IOSQE_IO_DRAIN;
    PREP(3, nop);
    io_uring_submit(&ring);
    sleep_ms(20);
    struct io_uring_cqe *cqe = NULL;
    say("drained: %s", err_name(-io_uring_peek_cqe(&ring, &cqe)));
    MUST(write(ends[1], "y", 1));
    collect("drain", 3);
    PREP(1, nop)->flags |= IOSQE_CQE_SKIP_SUCCESS;
    PREP(2, read, 99, buffer, 1, 0)->flags |= IOSQE_CQE_SKIP_SUCCESS;
    PREP(3, nop)->flags |= IOSQE_ASYNC;
    collect("skipped", 2);
    close(fd);
    close(ends[0]);
    close(ends[1]);
}

static void cancels(void)
{
    clear();
    char buffer[16];
    int ends[2];
    MUST(pipe(ends));
    PREP(1, read, ends[0], buffer, 1, 0);
    PREP(2, poll_add, ends[0], POLLIN);
    PREP(3, timeout, &soon, 0, 0);
    io_uring_submit(&ring);
    PREP(11, cancel64, 1, 0);
    PREP(12, cancel64, 2, 0);
    PREP(13, cancel64, 3, 0);
    PREP(14, cancel64, 4, 0);
    collect("cancel", 7);
    clear();
    for (int i = 0; i < 3; i++) { PREP(41, poll_add, ends[0], POLLIN); }
    io_uring_submit(&ring);
    PREP(2, cancel64, 41, IORING_ASYNC_CANCEL_ALL);
    collect("cancel all", 4);
    for (int i = 0; i < 3; i++) { PREP(1 + i, poll_add, ends[0], POLLIN); }
    io_uring_submit(&ring);
    PREP(9, cancel_fd, ends[0], IORING_ASYNC_CANCEL_ALL);
    collect("cancel by file", 4);
    PREP(1, poll_add, ends[0], POLLIN);
    PREP(2, cancel64, 0, IORING_ASYNC_CANCEL_ANY);
    collect("cancel any", 2);
    ONE("cancel with flags", cancel64, 0, 0x1000);
    ONE("cancel of no file", cancel_fd, 99, 0);
    close(ends[0]);
    close(ends[1]);
}

static void registered(void)
{
    char buffers[2][64] = { "first", "second" };
    struct iovec v[2] = { { buffers[0], 64 }, { buffers[1], 64 } }, wrong = { BAD, 4096 };
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0644)), event = (int)MUST(eventfd(0, EFD_NONBLOCK));
    say("buffers %d %d", io_uring_register_buffers(&ring, v, 2), io_uring_register_buffers(&ring, v, 2));
    PREP(1, write_fixed, fd, buffers[1], 6, 0, 1);
    collect("write_fixed", 1);
    PREP(1, read_fixed, fd, buffers[0] + 10, 6, 0, 0);
    PREP(2, read_fixed, fd, buffers[0] + 60, 6, 0, 0);
    PREP(3, read_fixed, fd, buffers[0], 6, 0, 7);
    collect("read_fixed", 3);
    say("%s", buffers[0] + 10);
    say("unregister %d %d", io_uring_unregister_buffers(&ring), io_uring_unregister_buffers(&ring));
    say("bad buffer %d none %d", io_uring_register_buffers(&ring, &wrong, 1), io_uring_register_buffers(&ring, v, 0));
    int list[3] = { fd, -1, fd }, badlist[1] = { 99 }, selflist[1] = { ring.ring_fd };
    say("bad files %d", io_uring_register_files(&ring, badlist, 1));
    say("itself %d", io_uring_register_files(&ring, selflist, 1));
    say("files %d %d", io_uring_register_files(&ring, list, 3), io_uring_register_files(&ring, list, 3));
    PREP(1, read, 0, buffers[0], 6, 0)->flags |= IOSQE_FIXED_FILE;
    PREP(2, read, 1, buffers[0], 6, 0)->flags |= IOSQE_FIXED_FILE;
    PREP(3, read, 3, buffers[0], 6, 0)->flags |= IOSQE_FIXED_FILE;
    collect("fixed files", 3);
    say("update %d", io_uring_register_files_update(&ring, 1, list, 1));
    say("update %d", io_uring_register_files_update(&ring, 3, list, 1));
    PREP(2, read, 1, buffers[0], 6, 0)->flags |= IOSQE_FIXED_FILE;
    collect("fixed files", 1);
    say("unregister %d %d", io_uring_unregister_files(&ring), io_uring_unregister_files(&ring));
    say("eventfd %d %d", io_uring_register_eventfd(&ring, event), io_uring_register_eventfd(&ring, event));
    PREP(1, nop);
    PREP(2, nop);
    collect("counted", 2);
    uint64_t count = 0;
    SHOW(read(event, &count, 8));
    say("count %d", count > 0);
    say("unregister %d %d", io_uring_unregister_eventfd(&ring), io_uring_unregister_eventfd(&ring));
    say("no eventfd %d", io_uring_register_eventfd(&ring, fd));
    PREP(1, provide_buffers, buffers, 64, 2, 7, 5);
    collect("provided", 1);
    int ends[2];
    MUST(pipe(ends));
    for (int i = 0; i < 3; i++) {
        struct io_uring_sqe *s = PREP(1, read, ends[0], NULL, 64, 0);
        s->flags |= IOSQE_BUFFER_SELECT;
        s->buf_group = 7;
        MUST(write(ends[1], "abc", 3));
        collect("chosen", 1);
    }
    PREP(1, provide_buffers, buffers, 64, 2, 7, 5);
    PREP(2, remove_buffers, 1, 7);
    PREP(3, remove_buffers, 5, 7);
    PREP(4, remove_buffers, 5, 8);
    collect("removed", 4);
    struct io_uring_probe *probe = io_uring_get_probe_ring(&ring);
    say("probe %d %d %d", io_uring_opcode_supported(probe, IORING_OP_READ),
        io_uring_opcode_supported(probe, IORING_OP_SOCKET), io_uring_opcode_supported(probe, 200));
    close(fd);
    close(event);
}

static long enter(int fd, unsigned submit, unsigned least, unsigned flags) {
    return syscall(SYS_io_uring_enter, fd, submit, least, flags, NULL, 0);
}

static void errors(void)
{
    struct io_uring_params p;
#define SETUP(n, ...) ({ p = (struct io_uring_params){ __VA_ARGS__ }; long f_ = syscall(SYS_io_uring_setup, n, &p); \
        if (f_ >= 0) { close((int)f_); f_ = 0; } f_; })
    SHOW(SETUP(0));
    SHOW(SETUP(1));
    say("entries %u %u", p.sq_entries, p.cq_entries);
    SHOW(SETUP(33));
    say("entries %u %u", p.sq_entries, p.cq_entries);
    SHOW(SETUP(32769));
    SHOW(SETUP(100000, .flags = IORING_SETUP_CLAMP));
    say("entries %u %u", p.sq_entries, p.cq_entries);
    SHOW(SETUP(8, .flags = IORING_SETUP_CQSIZE));
    SHOW(SETUP(8, .flags = IORING_SETUP_CQSIZE, .cq_entries = 4));
    SHOW(SETUP(8, .flags = IORING_SETUP_CQSIZE, .cq_entries = 100));
    say("entries %u %u", p.sq_entries, p.cq_entries);
    SHOW(SETUP(8, .flags = 1u << 30));
    SHOW(SETUP(8, .resv = { 1 }));
    SHOW(SETUP(8, .flags = IORING_SETUP_ATTACH_WQ, .wq_fd = 99));
    SHOW(SETUP(8, .flags = IORING_SETUP_ATTACH_WQ, .wq_fd = (unsigned)ring.ring_fd));
    SHOW(SETUP(8, .flags = IORING_SETUP_DEFER_TASKRUN));
    SHOW(SETUP(8, .flags = IORING_SETUP_TASKRUN_FLAG));
    SHOW(syscall(SYS_io_uring_setup, 8, BAD));
    SHOW(enter(99, 0, 0, 0));
    SHOW(enter(1, 0, 0, 0));
    SHOW(enter(ring.ring_fd, 0, 0, 0));
    SHOW(enter(ring.ring_fd, 0, 0, 0x8000));
    SHOW(enter(ring.ring_fd, 5, 0, 0));
    SHOW(enter(ring.ring_fd, 0, 0, IORING_ENTER_GETEVENTS));
    SHOW(syscall(SYS_io_uring_register, ring.ring_fd, 200, NULL, 0));
    SHOW(syscall(SYS_io_uring_register, 1, 0, NULL, 0));
    SHOW(syscall(SYS_io_uring_register, 99, 0, NULL, 0));
    SHOW(read(ring.ring_fd, &p, 8));
    SHOW(write(ring.ring_fd, &p, 8));
    SHOW(fcntl(ring.ring_fd, F_GETFD));
    struct io_uring_sqe *s = sqe(1);
    s->opcode = 200;
    PREP(2, nop);
    int n = io_uring_submit(&ring);
    say("bad opcode: submitted %d", n);
    collect("bad opcode", 2);
    int full[2], fifo;
    MUST(pipe(full));
    MUST(fcntl(full[1], F_SETFL, O_NONBLOCK));
    while (write(full[1], &p, sizeof p) > 0) {}
    while (write(full[1], &p, 1) > 0) {}
    PREP(1, write, full[1], &p, 100, 0);
    io_uring_submit(&ring);
    char big[4096];
    struct io_uring_cqe *early;
    say("full pipe: %s", err_name(-io_uring_peek_cqe(&ring, &early)));
    MUST(read(full[0], big, sizeof big));
    MUST(read(full[0], big, sizeof big));
    collect("write when there is room", 1);
    MUST(mkfifo("fifo", 0644));
    MUST(fifo = open("fifo", O_RDWR));
    ONE("read of a fifo", poll_add, fifo, POLLOUT);
    close(fifo);
    close(full[0]);
    close(full[1]);
    PREP(1, nop)->flags = 0x80;
    collect("bad flags", 1);
    PREP(1, nop)->flags |= IOSQE_IO_LINK;
    sqe(2)->opcode = 200;
    collect("bad opcode in a chain", 2);
    PREP(1, nop)->personality = 5;
    collect("personality", 1);
    struct pollfd state = { ring.ring_fd, POLLIN | POLLOUT, 0 };
    SHOW(poll(&state, 1, 0));
    say("events %x", state.revents);
    PREP(1, nop);
    io_uring_submit(&ring);
    SHOW(poll(&state, 1, 0));
    say("events %x", state.revents);
    collect("left", 1);
    io_uring_queue_exit(&ring);
    MUST(-io_uring_queue_init(8, &ring, IORING_SETUP_R_DISABLED));
    PREP(1, nop);
    say("disabled %s", err_name(-io_uring_submit(&ring)));
    say("enabled %d %s", io_uring_enable_rings(&ring), err_name(-io_uring_enable_rings(&ring)));
    collect("enabled", 1);
}

// More completions than the ring has room for are kept.
static void overflow(void)
{
    struct io_uring small;
    struct io_uring_params p = { .flags = IORING_SETUP_CQSIZE, .cq_entries = 8 };
    MUST(-io_uring_queue_init_params(8, &small, &p));
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 8; i++) { io_uring_prep_nop(io_uring_get_sqe(&small)); }
        io_uring_submit(&small);
    }
    say("overflow %d", io_uring_cq_has_overflow(&small) != 0);
    int n = 0;
    struct io_uring_cqe *cqe;
    while (io_uring_peek_cqe(&small, &cqe) == 0 && n < 100) {
        io_uring_cqe_seen(&small, cqe);
        n++;
    }
    say("all %d came, overflow %d", n, io_uring_cq_has_overflow(&small) != 0);
    io_uring_queue_exit(&small);
}

// Nonsense in the rings harms nobody.
static void hostile(void)
{
    struct io_uring r;
    MUST(-io_uring_queue_init(8, &r, 0));
    unsigned *array = r.sq.array, *tail = r.sq.ktail, *head = r.sq.khead;
    for (int i = 0; i < 8; i++) { array[i] = 0xfffffff0u + i; }
    *tail = 0x12345678;
    *head = 77;
    say("nonsense %d", enter(r.ring_fd, 100, 0, 0) >= -1);
    *r.cq.khead = 0x7fffffff;
    *r.cq.ktail = 5;
    *r.sq.kring_mask = 0;
    for (int i = 0; i < 8; i++) { array[i] = i; }
    memset(r.sq.sqes, 0xff, 8 * sizeof *r.sq.sqes);
    for (int i = 0; i < 100; i++) { enter(r.ring_fd, 8, 0, IORING_ENTER_GETEVENTS); }
    io_uring_queue_exit(&r);
    PREP(1, nop);
    collect("afterwards", 1);
}

// A ring of its own for each part: what an earlier one left behind comes to nobody.
static void renew(void)
{
    io_uring_queue_exit(&ring);
    MUST(-io_uring_queue_init(64, &ring, 0));
}

int main(void)
{
    MUST(-io_uring_queue_init(64, &ring, 0));
    files();
    renew();
    pipes();
    renew();
    sockets();
    renew();
    times();
    renew();
    links();
    renew();
    cancels();
    renew();
    registered();
    renew();
    errors();
    renew();
    overflow();
    hostile();
    // What waits does not keep a process.
    int ends[2];
    char x;
    MUST(pipe(ends));
    PREP(1, read, ends[0], &x, 1, 0);
    io_uring_submit(&ring);
    return 0;
}
