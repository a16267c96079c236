// SPDX-License-Identifier: Apache-2.0
// Memory shared between processes: MAP_SHARED counters with atomics, shm_open in /dev/shm,
// process_vm_readv(2) between relatives.
// @places overlay,layer,volume,tmpfs
#include "t.h"

int main(void)
{
    long *counter = MUSTP(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    for (int i = 0; i < 4; i++) {
        if (MUST(fork()) == 0) {
            for (int k = 0; k < 100000; k++) { __atomic_add_fetch(counter, 1, __ATOMIC_RELAXED); }
            _exit(0);
        }
    }
    while (wait(NULL) > 0) {}
    say("counter %ld", *counter);

    char name[64];
    snprintf(name, sizeof name, "/moat-test-%d", getpid());
    int fd = (int)MUST(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600));
    MUST(ftruncate(fd, 2 * PAGE));
    char *a = MUSTP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        int again = (int)MUST(shm_open(name, O_RDWR, 0));
        char *b = MUSTP(mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, again, 0));
        strcpy(b + PAGE, "from the child");
        _exit(0);
    }
    MUST(waitpid(child, NULL, 0));
    say("%s", a + PAGE);
    SHOW(shm_unlink(name));
    SHOW(shm_unlink(name));
    SHOW(shm_open(name, O_RDWR, 0));

    char text[32] = "parent's words", copy[32] = "";
    struct iovec local = { copy, 14 }, remote = { text, 14 }, bad = { BAD, 4 };
    SHOW(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
    say("%s", copy);
    SHOW(process_vm_readv(getpid(), &local, 1, &bad, 1, 0));
    SHOW(process_vm_readv(999999, &local, 1, &remote, 1, 0));
    SHOW(process_vm_readv(getpid(), &local, 1, &remote, 1, 1));
    int said[2];
    char byte;
    MUST(pipe(said));
    child = (pid_t)MUST(fork());
    if (child == 0) {
        strcpy(text, "child's words.");
        MUST(write(said[1], "x", 1));
        for (;;) { pause(); }
    }
    MUST(read(said[0], &byte, 1));
    close(said[0]);
    close(said[1]);
    SHOW(process_vm_readv(child, &local, 1, &remote, 1, 0));
    say("%s", copy);
    strcpy(copy, "written by us!");
    SHOW(process_vm_writev(child, &local, 1, &remote, 1, 0));
    memset(copy, 0, sizeof copy);
    SHOW(process_vm_readv(child, &local, 1, &remote, 1, 0));
    say("%s, ours is %s", copy, text);
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
    return 0;
}
