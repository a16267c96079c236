// SPDX-License-Identifier: Apache-2.0
// System V semaphores: values, atomic operations, waiting, zero waits, SEM_UNDO, time limits, removal,
// signals, errors.
#include "t.h"
#include <sys/ipc.h>
#include <sys/sem.h>

union semun {
    int val;
    struct semid_ds *buf;
    unsigned short *array;
};

static int op1(int id, int n, int delta, int flags)
{
    struct sembuf op = { (unsigned short)n, (short)delta, (short)flags };
    return semop(id, &op, 1);
}

static void handler(int sig) { (void)sig; }

int main(void)
{
    key_t key = 0x4d6f0000 + (getpid() & 0xffff);
    SHOW(semget(key, 1, 0));
    SHOW(semget(key, 0, IPC_CREAT | 0600));
    SHOW(semget(key, -1, IPC_CREAT | 0600));
    int id = (int)MUST(semget(key, 3, IPC_CREAT | IPC_EXCL | 0600));
    SHOW(semget(key, 3, IPC_CREAT | IPC_EXCL | 0600));
    SHOW(semget(key, 4, 0));
    say("same %d", semget(key, 0, 0) == id);
    struct semid_ds data;
    MUST(semctl(id, 0, IPC_STAT, (union semun){ .buf = &data }));
    say("nsems %lu mode %o otime %ld", data.sem_nsems, data.sem_perm.mode, (long)data.sem_otime);

    unsigned short values[3] = { 1, 2, 3 }, back[3] = { 0 };
    SHOW(semctl(id, 0, SETALL, (union semun){ .array = values }));
    SHOW(semctl(id, 0, GETALL, (union semun){ .array = back }));
    say("%d %d %d", back[0], back[1], back[2]);
    SHOW(semctl(id, 1, SETVAL, (union semun){ .val = 32768 }));
    SHOW(semctl(id, 1, SETVAL, (union semun){ .val = -1 }));
    SHOW(semctl(id, 3, SETVAL, (union semun){ .val = 1 }));
    SHOW(semctl(id, 1, SETVAL, (union semun){ .val = 5 }));
    SHOW(semctl(id, 1, GETVAL));
    SHOW(semctl(id, 9, GETVAL));
    say("pid %d", semctl(id, 1, GETPID) == getpid());

    SHOW(op1(id, 0, -1, 0));
    SHOW(op1(id, 0, -1, IPC_NOWAIT));
    SHOW(op1(id, 1, 0, IPC_NOWAIT));
    SHOW(op1(id, 0, 0, IPC_NOWAIT));
    SHOW(op1(id, 3, 1, 0));
    SHOW(op1(id, 0, 32767, 0));
    SHOW(op1(id, 0, 1, 0));
    MUST(semctl(id, 0, SETVAL, (union semun){ .val = 0 }));
    struct sembuf both[2] = { { 1, -2, 0 }, { 0, -1, IPC_NOWAIT } };
    SHOW(semop(id, both, 2));
    SHOW(semctl(id, 1, GETVAL));
    struct sembuf upDown[2] = { { 0, 1, 0 }, { 0, -1, 0 } };
    SHOW(semop(id, upDown, 2));
    SHOW(semop(id, both, 0));
    SHOW(semop(id, both, 501));
    SHOW(semop(id, BAD, 1));
    SHOW(semop(-1, both, 1));
    struct timespec soon = { 0, 20000000 }, bad = { 0, -1 };
    SHOW(semtimedop(id, both + 1, 1, &bad));
    struct sembuf wait = { 0, -1, 0 };
    SHOW(semtimedop(id, &wait, 1, &soon));

    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        int r = op1(id, 0, -2, 0);
        _exit(r == 0 ? 7 : 8);
    }
    while (semctl(id, 0, GETNCNT) != 1) { sleep_ms(1); }
    SHOW(semctl(id, 0, GETZCNT));
    SHOW(op1(id, 0, 1, 0));
    SHOW(op1(id, 0, 1, 0));
    int status;
    MUST(waitpid(child, &status, 0));
    say("child %d, value %d", WEXITSTATUS(status), semctl(id, 0, GETVAL));

    MUST(semctl(id, 2, SETVAL, (union semun){ .val = 10 }));
    CHILD("takes with undo", {
        SHOW(op1(id, 2, -4, SEM_UNDO));
        SHOW(op1(id, 2, -3, 0));
        SHOW(semctl(id, 2, GETVAL));
    });
    SHOW(semctl(id, 2, GETVAL));

    child = (pid_t)MUST(fork());
    if (child == 0) {
        struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
        sigaction(SIGUSR1, &action, NULL);
        SHOW(op1(id, 0, -1, 0));
        SHOW(op1(id, 0, -1, 0));
        _exit(0);
    }
    while (semctl(id, 0, GETNCNT) != 1) { sleep_ms(1); }
    MUST(kill(child, SIGUSR1));
    sleep_ms(50);
    while (semctl(id, 0, GETNCNT) != 1) { sleep_ms(1); }
    long removed = semctl(id, 0, IPC_RMID);
    MUST(waitpid(child, &status, 0));
    say("removed %ld", removed);
    SHOW(semctl(id, 0, GETVAL));
    SHOW(op1(id, 0, 1, 0));
    return 0;
}
