// SPDX-License-Identifier: Apache-2.0
// Waiting for a FUSE daemon: signals become INTERRUPT, a daemon's end ends the wait, and what it says unasked
// is heard.
// @identities root
#include "fuse.h"

static int told[2];
static volatile sig_atomic_t handled;

static void on_signal(int signal) { handled = signal; }

// Reads of "slow" are answered when they are interrupted; other requests go on meanwhile.
static uint64_t waiting;
static int slow(struct fuse_in_header *in, char *body)
{
    if (in->opcode == FUSE_OPEN) {
        // Otherwise Linux reads ahead, and waits for that whatever signals come.
        struct fuse_open_out opened = { .fh = 7, .open_flags = FOPEN_DIRECT_IO };
        answer(in->unique, 0, &opened, sizeof opened);
        return 1;
    }
    if (in->opcode == FUSE_READ && !strcmp(nodes[in->nodeid].name, "slow")) {
        waiting = in->unique;
        MUST(write(told[1], "r", 1));
        return 1;
    }
    if (in->opcode == FUSE_INTERRUPT && waiting) {
        struct fuse_interrupt_in *interrupt = (void *)body;
        int right = interrupt->unique == waiting && (in->unique & 1);
        answer(waiting, right ? -EINTR : -EPROTO, NULL, 0);
        waiting = 0;
        return 1;
    }
    return 0;
}

static void make_slow(void)
{
    int fd = (int)MUST(open("m/slow", O_CREAT | O_WRONLY, 0600));
    MUST(write(fd, "content", 7));
    close(fd);
}

static void interrupted(void)
{
    special = slow;
    MUST(pipe(told));
    pid_t daemon = begin("m", "");
    make_slow();
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        char c;
        struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
        sigaction(SIGUSR1, &action, NULL);
        int fd = (int)MUST(open("m/slow", O_RDONLY));
        SHOW(read(fd, &c, 1));
        say("handled %d", handled == SIGUSR1);
        _exit(0);
    }
    char c;
    MUST(read(told[0], &c, 1));
    struct stat st;
    SHOW(stat("m/slow", &st));
    kill(child, SIGUSR1);
    MUST(waitpid(child, NULL, 0));

    // One that a signal kills: told of it, the daemon answers.
    child = (pid_t)MUST(fork());
    if (child == 0) {
        int fd = (int)MUST(open("m/slow", O_RDONLY));
        (void)!read(fd, &c, 1);
        _exit(5);
    }
    MUST(read(told[0], &c, 1));
    kill(child, SIGTERM);
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("reader", status);

    // The daemon dies while one waits.
    child = (pid_t)MUST(fork());
    if (child == 0) {
        int fd = (int)MUST(open("m/slow", O_RDONLY));
        SHOW(read(fd, &c, 1));
        SHOW(read(fd, &c, 1));
        _exit(0);
    }
    MUST(read(told[0], &c, 1));
    kill(daemon, SIGKILL);
    MUST(waitpid(daemon, NULL, 0));
    MUST(waitpid(child, &status, 0));
    say_status("reader", status);
    SHOW(umount("m"));
    special = NULL;
}

// A forced unmount ends waits as well.
static void forced(void)
{
    special = slow;
    MUST(pipe(told));
    pid_t daemon = begin("m", "");
    make_slow();
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        char c;
        int fd = (int)MUST(open("m/slow", O_RDONLY));
        SHOW(read(fd, &c, 1));
        _exit(0);
    }
    char c;
    MUST(read(told[0], &c, 1));
    (void)umount2("m", MNT_FORCE);
    int status;
    MUST(waitpid(child, &status, 0));
    say_status("reader", status);
    MUST(waitpid(daemon, &status, 0));
    say_status("daemon", status);
    (void)umount2("m", MNT_DETACH);
    special = NULL;
}

// "change" does something behind the kernel's back and says so or not.
static int change(struct fuse_in_header *in, char *body)
{
    if (in->opcode != FUSE_GETXATTR) { return 0; }
    const char *name = body + sizeof(struct fuse_getxattr_in) + strlen("user.");
    if (!strcmp(name, "grow")) { set_size(&nodes[2], 500); }
    if (!strcmp(name, "vanish")) { nodes[2].parent = 0; }
    if (!strcmp(name, "tell")) {
        struct { struct fuse_out_header header; struct fuse_notify_inval_inode_out body; } out = {
            { sizeof out, FUSE_NOTIFY_INVAL_INODE, 0 }, { 2, 0, 0 } };
        (void)!write(device, &out, sizeof out);
    }
    if (!strcmp(name, "tell-name")) {
        struct { struct fuse_out_header header; struct fuse_notify_inval_entry_out body; char name[5]; } out = {
            { 16 + 16 + 5, FUSE_NOTIFY_INVAL_ENTRY, 0 }, { 1, 4, 0 }, "file" };
        (void)!write(device, &out, 16 + 16 + 5);
    }
    answer(in->unique, -ENODATA, NULL, 0);
    return 1;
}

static void notices(void)
{
    struct stat st;
    special = change;
    valid_seconds = 1000;
    pid_t daemon = begin("m", "");
    close((int)MUST(open("m/file", O_CREAT | O_WRONLY, 0600)));
    stat("m/file", &st);
    say("size %ld", st.st_size);
    SHOW(getxattr("m", "user.grow", NULL, 0));
    stat("m/file", &st);
    say("size %ld", st.st_size);
    SHOW(getxattr("m", "user.tell", NULL, 0));
    stat("m/file", &st);
    say("size %ld", st.st_size);
    SHOW(getxattr("m", "user.vanish", NULL, 0));
    SHOW(stat("m/file", &st));
    SHOW(getxattr("m", "user.tell-name", NULL, 0));
    SHOW(stat("m/file", &st));
    end("m", daemon);
    special = NULL;
}

// Threads that share one open file take turns; a fork that closes its copy does not end the file.
static void shared(void)
{
    valid_seconds = 0;
    pid_t daemon = begin("m", "");
    int fd = (int)MUST(open("m/file", O_CREAT | O_RDWR, 0600));
    for (int i = 0; i < 4; i++) {
        if (fork() == 0) {
            for (int j = 0; j < 50; j++) { MUST(write(fd, "0123456789", 10)); }
            _exit(0);
        }
    }
    for (int i = 0; i < 4; i++) { MUST(wait(NULL)); }
    SHOW(lseek(fd, 0, SEEK_CUR));
    struct stat st;
    MUST(fstat(fd, &st));
    say("size %ld", st.st_size);
    close(fd);
    end("m", daemon);
}

int main(void)
{
    own_tmpfs();
    MUST(mkdir("m", 0700));
    interrupted();
    forced();
    notices();
    shared();
    return 0;
}
