// SPDX-License-Identifier: Apache-2.0
// System V message queues: order and types, truncation, blocking both ways, limits, removal, signals, errors.
#include "t.h"
#include <sys/ipc.h>
#include <sys/msg.h>

struct message {
    long type;
    char text[9000];
};
static struct message m;

static int put(int id, long type, const char *text, int flags)
{
    m.type = type;
    strcpy(m.text, text);
    return msgsnd(id, &m, strlen(text), flags);
}

static void take(int id, long type, size_t size, int flags)
{
    memset(&m, 0, sizeof m);
    long n = msgrcv(id, &m, size, type, flags);
    if (n == -1) {
        say("receive %ld: %s", type, err_name(errno));
    } else {
        say("receive %ld: %ld bytes, type %ld, %.*s", type, n, m.type, (int)n, m.text);
    }
}

static void handler(int sig) { (void)sig; }

int main(void)
{
    key_t key = 0x4d6f0000 + (getpid() & 0xffff);
    SHOW(msgget(key, 0));
    int id = (int)MUST(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
    SHOW(msgget(key, IPC_CREAT | IPC_EXCL | 0600));
    say("same %d", msgget(key, 0) == id);
    take(id, 0, 100, IPC_NOWAIT);
    SHOW(put(id, 0, "x", 0));
    SHOW(put(id, -1, "x", 0));
    SHOW(msgsnd(id, &m, 8193, 0));
    SHOW(msgsnd(id, &m, -1, 0));
    SHOW(msgsnd(id, BAD, 1, 0));
    SHOW(put(-1, 1, "x", 0));
    SHOW(put(id, 3, "three", 0));
    SHOW(put(id, 1, "one", 0));
    SHOW(put(id, 2, "two", 0));
    SHOW(put(id, 3, "three again", 0));
    SHOW(put(id, 5, "", 0));
    struct msqid_ds data;
    MUST(msgctl(id, IPC_STAT, &data));
    say("%lu messages, %lu bytes, at most %lu, mode %o, from %d, to %d", data.msg_qnum, data.__msg_cbytes,
        data.msg_qbytes, data.msg_perm.mode, data.msg_lspid == getpid(), data.msg_lrpid);
    take(id, 2, 100, 0);
    take(id, 7, 100, IPC_NOWAIT);
    take(id, -3, 100, 0);
    take(id, -3, 100, 0);
    take(id, 3, 100, MSG_EXCEPT);
    take(id, 0, 5, IPC_NOWAIT);
    take(id, 0, 5, MSG_NOERROR);
    take(id, 0, 100, IPC_NOWAIT);
    take(id, 0, (size_t)-1, IPC_NOWAIT);

    memset(m.text, 'a', 8192);
    m.type = 1;
    SHOW(msgsnd(id, &m, 8192, 0));
    SHOW(msgsnd(id, &m, 8192, 0));
    SHOW(msgsnd(id, &m, 1, IPC_NOWAIT));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) { _exit(put(id, 9, "waited for room", 0) == 0 ? 0 : 1); }
    sleep_ms(50);
    say("%ld", (long)msgrcv(id, &m, 9000, 0, 0));
    MUST(waitpid(child, NULL, 0));
    say("%ld", (long)msgrcv(id, &m, 9000, 0, 0));
    take(id, 0, 100, 0);

    child = (pid_t)MUST(fork());
    if (child == 0) {
        take(id, 4, 100, 0);
        _exit(0);
    }
    sleep_ms(30);
    MUST(put(id, 3, "not this", 0));
    sleep_ms(30);
    MUST(put(id, 4, "but this", 0));
    MUST(waitpid(child, NULL, 0));
    take(id, 0, 100, 0);

    child = (pid_t)MUST(fork());
    if (child == 0) {
        struct sigaction action = { .sa_handler = handler, .sa_flags = SA_RESTART };
        sigaction(SIGUSR1, &action, NULL);
        take(id, 0, 100, 0);
        take(id, 0, 100, 0);
        _exit(0);
    }
    sleep_ms(50);
    MUST(kill(child, SIGUSR1));
    sleep_ms(50);
    data.msg_qbytes = 100;
    SHOW(msgctl(id, IPC_SET, &data));
    MUST(msgctl(id, IPC_STAT, &data));
    say("at most %lu", data.msg_qbytes);
    long removed = msgctl(id, IPC_RMID, NULL);
    MUST(waitpid(child, NULL, 0));
    say("removed %ld", removed);
    SHOW(msgctl(id, IPC_STAT, &data));
    SHOW(msgctl(-1, IPC_STAT, &data));
    take(id, 0, 100, IPC_NOWAIT);
    return 0;
}
