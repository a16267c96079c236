// SPDX-License-Identifier: Apache-2.0
// Random io_uring and AIO requests, rings full of nonsense, rings shared with forked processes, submitters that are
// killed while requests wait, files closed under them.
// @host no
// @timeout 90
// @flags -Wl,--whole-archive -luring -Wl,--no-whole-archive
#include "../guest/t.h"
#include <liburing.h>
#include <linux/aio_abi.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>

static char memory[65536];
static int files[8];

static void open_files(void)
{
    MUST(pipe(files));
    MUST(pipe(files + 2));
    MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, files + 4));
    files[6] = (int)MUST(open("data", O_RDWR | O_CREAT, 0644));
    files[7] = (int)MUST(eventfd(0, 0));
}

static uint64_t any(unsigned *state)
{
    switch (rand_r(state) % 6) {
        case 0: return 0;
        case 1: return (uint64_t)-1;
        case 2: return (uint64_t)(uintptr_t)memory + rand_r(state) % sizeof memory;
        case 3: return rand_r(state) % 16;
        case 4: return (uint64_t)rand_r(state) << 32 | (unsigned)rand_r(state);
        default: return 1UL << rand_r(state) % 64;
    }
}

static void fill(struct io_uring_sqe *s, unsigned *state)
{
    static const int common[] = { IORING_OP_READ, IORING_OP_WRITE, IORING_OP_POLL_ADD, IORING_OP_TIMEOUT,
        IORING_OP_ASYNC_CANCEL, IORING_OP_LINK_TIMEOUT, IORING_OP_SPLICE, IORING_OP_RECV, IORING_OP_SEND,
        IORING_OP_PROVIDE_BUFFERS, IORING_OP_ACCEPT, IORING_OP_TIMEOUT_REMOVE };
    memset(s, 0, sizeof *s);
    s->opcode = rand_r(state) % 3 ? common[rand_r(state) % 12] : rand_r(state) % 60;
    if (s->opcode == IORING_OP_CLOSE) { s->opcode = IORING_OP_NOP; }
    s->flags = rand_r(state) % 3 ? 1u << rand_r(state) % 8 : rand_r(state) % 4 ? 0 : (unsigned)rand_r(state);
    s->fd = rand_r(state) % 8 ? files[rand_r(state) % 8] : (int)any(state);
    s->off = rand_r(state) % 2 ? 0 : any(state);
    s->addr = rand_r(state) % 4 ? (uintptr_t)memory + rand_r(state) % 4096 : any(state);
    s->len = rand_r(state) % 4 ? rand_r(state) % 256 : (unsigned)any(state);
    s->rw_flags = rand_r(state) % 4 ? 0 : (int)any(state);
    s->user_data = rand_r(state) % 16;
    s->buf_index = rand_r(state) % 4 ? 0 : (unsigned short)any(state);
    s->splice_fd_in = rand_r(state) % 2 ? files[rand_r(state) % 8] : 0;
}

static void storm(struct io_uring *r, unsigned state, int rounds)
{
    unsigned *array = r->sq.array, mask = *r->sq.kring_mask;
    for (int i = 0; i < rounds; i++) {
        for (unsigned j = 0; j <= mask; j++) {
            fill(&r->sq.sqes[j], &state);
            array[j] = rand_r(&state) % 50 ? j : (unsigned)any(&state);
        }
        unsigned n = rand_r(&state) % (mask + 2);
        __atomic_fetch_add(r->sq.ktail, n, __ATOMIC_RELEASE);
        syscall(SYS_io_uring_enter, r->ring_fd, n, 0, rand_r(&state) % 2, NULL, 0);
        switch (rand_r(&state) % 8) {
            case 0: *r->cq.khead = *r->cq.ktail; break;
            case 1: *r->cq.khead = (unsigned)any(&state); break;
            case 2: (void)!write(files[1], memory, 16); break;
            case 3: (void)!write(files[4], memory, 16); break;
            case 4: (void)!syscall(SYS_io_uring_register, r->ring_fd, rand_r(&state) % 30, any(&state), rand_r(&state) % 4);
        }
    }
}

static void *thread(void *argument)
{
    struct io_uring *r = argument;
    storm(r, (unsigned)(uintptr_t)&r + (unsigned)syscall(SYS_gettid), 60);
    return NULL;
}

static void process(unsigned state)
{
    struct io_uring r;
    pthread_t t[2];
    alarm(20);
    fcntl(files[0], F_SETFL, O_NONBLOCK);
    fcntl(files[1], F_SETFL, O_NONBLOCK);
    fcntl(files[4], F_SETFL, O_NONBLOCK);
    MUST(-io_uring_queue_init(rand_r(&state) % 2 ? 8 : 128, &r, 0));
    for (int i = 0; i < 2; i++) { pthread_create(&t[i], NULL, thread, &r); }
    storm(&r, state, 60);
    pid_t child = fork();
    if (child == 0) {
        storm(&r, state + 1, 20);
        _exit(0);
    }
    aio_context_t c = 0;
    if (syscall(SYS_io_setup, 16, &c) == 0) {
        struct iocb b[16], *list[16];
        for (int i = 0; i < 16; i++) {
            memset(&b[i], 0, sizeof b[i]);
            b[i].aio_lio_opcode = 5;
            b[i].aio_fildes = (unsigned)files[rand_r(&state) % 8];
            b[i].aio_buf = POLLIN;
            list[i] = rand_r(&state) % 8 ? &b[i] : (struct iocb *)any(&state);
        }
        syscall(SYS_io_submit, c, 16, list);
        memset((void *)c, rand_r(&state), 4096);
        struct io_event e[4];
        struct timespec zero = { 0, 0 };
        syscall(SYS_io_getevents, c, 0, 4, e, &zero);
    }
    int in = inotify_init1(IN_NONBLOCK);
    for (int i = 0; i < 20; i++) { inotify_add_watch(in, i % 2 ? "data" : ".", (uint32_t)any(&state)); }
    for (int i = 0; i < 2; i++) { pthread_join(t[i], NULL); }
    waitpid(child, NULL, 0);
    if (rand_r(&state) % 2) { raise(SIGKILL); }
    _exit(0);
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN);
    for (unsigned round = 0; round < 8; round++) {
        for (unsigned i = 0; i < 3; i++) {
            if (fork() == 0) {
                open_files();
                process(round * 100 + i);
            }
        }
        sleep_ms(100 + 50 * (long)round);
        while (wait(NULL) > 0) {}
    }
    say("alive");
    return 0;
}
