// SPDX-License-Identifier: Apache-2.0
// unshare(2) and clone(2): host names, System V objects and abstract socket names of their own.
#include "t.h"
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/utsname.h>

static unsigned long inode(const char *name)
{
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    ssize_t n = readlink(path, text, sizeof text - 1);
    if (n < 0) { return 0; }
    text[n] = 0;
    char *colon = strchr(text, '[');
    return colon ? strtoul(colon + 1, NULL, 10) : 0;
}

static void host_name(void)
{
    struct utsname before, after;
    MUST(uname(&before));
    unsigned long number = inode("uts");
    CHILD("uts", {
        if (SHOW(unshare(CLONE_NEWUTS)) == 0) {
            say("another number: %d", inode("uts") != number);
            uname(&after);
            say("copied: %d", strcmp(before.nodename, after.nodename) == 0);
            SHOW(sethostname("elsewhere", 9));
            uname(&after);
            say("name: %s", after.nodename);
        }
    });
    uname(&after);
    say("unchanged: %d %d", strcmp(before.nodename, after.nodename) == 0, inode("uts") == number);
    long pid = syscall(SYS_clone, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        say("clone: another number: %d", inode("uts") != number);
        SHOW(sethostname("there", 5));
        _exit(0);
    }
    if (pid > 0) {
        waitpid(pid, NULL, 0);
        uname(&after);
        say("unchanged: %d", strcmp(before.nodename, after.nodename) == 0);
    } else {
        say("clone = %s", err_name(errno));
    }
}

static void system_v(void)
{
    key_t key = 0x5eed0000 + getpid();
    int shm = MUST(shmget(key, 4096, IPC_CREAT | 0600));
    int sem = MUST(semget(key, 1, IPC_CREAT | 0600));
    char *shared = shmat(shm, NULL, 0);
    CHILD("ipc", {
        struct sembuf up = { .sem_op = 1, .sem_flg = SEM_UNDO };
        SHOW(semop(sem, &up, 1));
        if (SHOW(unshare(CLONE_NEWIPC)) == 0) {
            SHOW(shmget(key, 4096, 0));
            SHOW(semget(key, 1, 0));
            SHOW(msgget(key, 0));
            struct shmid_ds data;
            SHOW(shmctl(shm, IPC_STAT, &data));
            shared[0] = 'x';
            OK(shmget(key, 8192, IPC_CREAT | 0600));
            OK(shmget(IPC_PRIVATE, 1 << 20, 0600));
            OK(semget(key, 4, IPC_CREAT | 0600));
            OK(msgget(key, IPC_CREAT | 0600));
            SHOW(shmdt(shared));
        }
    });
    say("still mapped: %d", shared[0] == 'x' || geteuid() != 0);
    // The undo was made when the child left, by unshare or by its end.
    SHOW(semctl(sem, 0, GETVAL));
    SHOW(msgget(key, 0));
    struct shmid_ds data;
    MUST(shmctl(shm, IPC_STAT, &data));
    say("size %zu attached %d", data.shm_segsz, (int)data.shm_nattch);
    shmctl(shm, IPC_RMID, NULL);
    semctl(sem, 0, IPC_RMID);
    SHOW(syscall(SYS_clone, CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD, 0, 0, 0, 0));
}

static void abstract_names(void)
{
    struct sockaddr_un name = { .sun_family = AF_UNIX };
    int n = snprintf(name.sun_path + 1, 60, "unshare-%d", getpid());
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 + n;
    int server = MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(server, (struct sockaddr *)&name, length));
    MUST(listen(server, 1));
    CHILD("net", {
        int before = socket(AF_UNIX, SOCK_STREAM, 0);
        if (SHOW(unshare(CLONE_NEWNET)) == 0) {
            int after = socket(AF_UNIX, SOCK_STREAM, 0);
            SHOW(connect(after, (struct sockaddr *)&name, length));
            // A socket stays where it was made.
            SHOW(connect(before, (struct sockaddr *)&name, length));
            int own = socket(AF_UNIX, SOCK_STREAM, 0);
            SHOW(bind(own, (struct sockaddr *)&name, length));
            SHOW(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, length));
        }
    });
    SHOW(bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, length));
}

static void shared_tables(void)
{
    int fd = MUST(open("/dev/null", O_RDONLY));
    long pid = syscall(SYS_clone, CLONE_FS | CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        SHOW(unshare(CLONE_FS | CLONE_FILES));
        close(fd);
        umask(0);
        chdir("/");
        _exit(0);
    }
    waitpid(pid, NULL, 0);
    SHOW(fcntl(fd, F_GETFD));
    char path[4096];
    say("not /: %d umask %o", strcmp(getcwd(path, sizeof path), "/") != 0, umask(022));
}

static void *in_thread(void *unused)
{
    (void)unused;
    SHOW(unshare(CLONE_THREAD));
    SHOW(unshare(CLONE_SIGHAND));
    SHOW(unshare(CLONE_VM));
    SHOW(unshare(CLONE_SYSVSEM));
    SHOW(unshare(CLONE_FS));
    return NULL;
}

int main(void)
{
    umask(022);
    SHOW(unshare(0));
    SHOW(unshare(CLONE_PARENT));
    SHOW(unshare(CLONE_VFORK));
    SHOW(unshare(SIGCHLD));
    SHOW(unshare(1));
    SHOW(unshare(CLONE_IO));
    SHOW(unshare(CLONE_THREAD));
    SHOW(unshare(CLONE_VM));
    SHOW(unshare(CLONE_SIGHAND));
    SHOW(unshare(CLONE_SYSVSEM));
    host_name();
    system_v();
    abstract_names();
    shared_tables();
    pthread_t thread;
    pthread_create(&thread, NULL, in_thread, NULL);
    pthread_join(thread, NULL);
    return 0;
}
