// SPDX-License-Identifier: Apache-2.0
// Work of a known size, and whether procfs counts it: io, smaps, pagemap, syscall, children, sockets, System V
// objects, processes.
#include "t.h"
#include <stddef.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>

#define MEGABYTE (1L << 20)

static char text[1 << 20];

static int slurp(const char *path)
{
    int fd = open(path, O_RDONLY), n = 0;
    if (fd == -1) {
        say("%s: %s", path, err_name(errno));
        return text[0] = 0;
    }
    ssize_t r = 1;
    for (; n < (int)sizeof text - 1 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;) { n += r; }
    if (r == -1) { say("read: %s", err_name(errno)); }
    text[n] = 0;
    close(fd);
    return n;
}

static long number(const char *path, const char *key)
{
    slurp(path);
    char *p = strstr(text, key);
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

static void io(void)
{
    static char block[65536];
    long written = number("/proc/self/io", "wchar: "), calls = number("/proc/self/io", "syscw: ");
    int fd = (int)MUST(open("file", O_RDWR | O_CREAT, 0600));
    for (int i = 0; i < 16; i++) { MUST(write(fd, block, sizeof block)); }
    say("wchar %ld", number("/proc/self/io", "wchar: ") - written);
    say("syscw %ld", number("/proc/self/io", "syscw: ") - calls);
    // What the file itself says is read, too.
    long before = number("/proc/self/io", "rchar: ");
    for (int i = 0; i < 16; i++) { MUST(pread(fd, block, sizeof block, i * sizeof block)); }
    long grown = number("/proc/self/io", "rchar: ") - before;
    say("rchar %d", grown >= MEGABYTE && grown < MEGABYTE + 1000);
    written = number("/proc/self/io", "wchar: ");
    CHILD("child", MUST(write(fd, block, 1000)));
    say("a child's, once it was waited for: %ld", number("/proc/self/io", "wchar: ") - written - 16);
    int null = (int)MUST(open("/dev/null", O_WRONLY));
    written = number("/proc/self/io", "wchar: ");
    MUST(lseek(fd, 0, SEEK_SET));
    long sent = MUST(syscall(SYS_sendfile, null, fd, NULL, 4096));
    say("sendfile %ld: %d", sent, number("/proc/self/io", "wchar: ") - written == 4096);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/io", getpid());
    say("a thread's %d", number(path, "wchar: ") > MEGABYTE);
    close(null);
    close(fd);
}

// The number behind a key of the mapping that begins at an address.
static long of_mapping(void *start, const char *key)
{
    char line[32];
    slurp("/proc/self/smaps");
    snprintf(line, sizeof line, "%lx-", (unsigned long)start);
    char *p = strstr(text, line);
    p = p ? strstr(p, key) : NULL;
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

static void memory(void)
{
    char *map = MUSTP(mmap(NULL, 16 * MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    MUST(mprotect(map + 8 * MEGABYTE, 8 * MEGABYTE, PROT_NONE));
    MUST(madvise(map, 8 * MEGABYTE, MADV_NOHUGEPAGE));
    say("size %ld, nothing yet %ld", of_mapping(map, "Size:"), of_mapping(map, "Rss:"));
    long anonymous = number("/proc/self/smaps_rollup", "Anonymous:"), resident = number("/proc/self/smaps_rollup", "\nRss:");
    memset(map, 1, 4 * MEGABYTE);
    say("touched: Rss %ld, Pss %ld, Private_Dirty %ld, Anonymous %ld", of_mapping(map, "Rss:"), of_mapping(map, "Pss:"),
        of_mapping(map, "Private_Dirty:"), of_mapping(map, "Anonymous:"));
    long more = number("/proc/self/smaps_rollup", "Anonymous:") - anonymous;
    long all = number("/proc/self/smaps_rollup", "\nRss:") - resident;
    say("rollup: Anonymous %d, Rss %d", more >= 4096 && more < 5200, all >= 4096 && all < 6000);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { pause(); }
    }
    sleep_ms(50);
    say("after a fork: Pss %ld, Shared_Dirty %ld", of_mapping(map, "Pss:"), of_mapping(map, "Shared_Dirty:"));
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
    MUST(madvise(map, 4 * MEGABYTE, MADV_DONTNEED));
    say("given back: Rss %ld", of_mapping(map, "Rss:"));
    map[0] = 1;
    map[2 * 4096] = 1;
    uint64_t entries[4] = { 0 };
    int fd = (int)MUST(open("/proc/self/pagemap", O_RDONLY));
    SHOW(pread(fd, entries, sizeof entries, (long)map / 4096 * 8));
    for (int i = 0; i < 4; i++) { say("page %d: present %d, of a file %d", i, (int)(entries[i] >> 63),
        (int)(entries[i] >> 61 & 1)); }
    SHOW(pread(fd, entries, 7, 0));
    SHOW(pread(fd, entries, 8, 4));
    SHOW(pread(fd, entries, 8, 0x0800000000000000L));
    close(fd);
    char *shared = MUSTP(mmap(NULL, MEGABYTE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
    memset(shared, 1, MEGABYTE);
    say("shared: Rss %ld, Anonymous %ld", of_mapping(shared, "Rss:"), of_mapping(shared, "Anonymous:"));
    char path[100], target[PATH_MAX] = "", cwd[PATH_MAX];
    int file = (int)MUST(open("file", O_RDWR));
    char *of_file = MUSTP(mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, file, 0));
    snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", (unsigned long)of_file, (unsigned long)of_file + 8192);
    MUST(readlink(path, target, sizeof target - 1));
    MUST(getcwd(cwd, sizeof cwd) ? 0 : -1);
    strcat(cwd, "/file");
    say("map_files %d", strcmp(target, cwd) == 0);
    snprintf(path, sizeof path, "/proc/self/map_files/%lx-%lx", (unsigned long)of_file, (unsigned long)of_file + 4096);
    SHOW(readlink(path, target, sizeof target));
}

static void blocked(void)
{
    int p[2];
    MUST(pipe(p));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        char c;
        _exit((int)read(p[0], &c, 1));
    }
    sleep_ms(200);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/syscall", child);
    slurp(path);
    unsigned long n, fd, buffer, count, rest[5];
    int fields = sscanf(text, "%lu 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx 0x%lx\n", &n, &fd, &buffer, &count, rest,
        rest + 1, rest + 2, rest + 3, rest + 4);
    say("syscall: fields %d, read %d, its descriptor %d, count %lu, stack %d, place %d", fields, n == SYS_read,
        (int)fd == p[0], count, rest[3] > 4096, rest[4] > 4096);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", getpid());
    slurp(path);
    say("children %d", atoi(text) == child);
    snprintf(path, sizeof path, "/proc/%d/stat", child);
    slurp(path);
    say("state %c", strrchr(text, ')')[2]);
    MUST(write(p[1], "x", 1));
    MUST(waitpid(child, NULL, 0));
    slurp("/proc/self/syscall");
    say("its own %d", atoi(text) == SYS_read);
}

// What an ordinary user may read of another user's process.
static void rights(void)
{
    if (getuid() != 0) { return; }
    pid_t sleeper = (pid_t)MUST(fork());
    if (sleeper == 0) {
        for (;;) { pause(); }
    }
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        const char *files[] = { "io", "smaps", "smaps_rollup", "numa_maps", "pagemap", "syscall", "map_files", "auxv",
            "sched", "schedstat", "maps" };
        setgid(65534);
        setuid(65534);
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            char path[64], c;
            snprintf(path, sizeof path, "/proc/%d/%s", sleeper, files[i]);
            int fd = open(path, O_RDONLY);
            if (fd == -1) {
                say("%s: %s", files[i], err_name(errno));
            } else {
                say("%s: open, %s", files[i], read(fd, &c, 1) == 1 ? "read" : err_name(errno));
            }
        }
        _exit(0);
    }
    MUST(waitpid(child, NULL, 0));
    kill(sleeper, SIGKILL);
    MUST(waitpid(sleeper, NULL, 0));
}

static void sockets(void)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char name[64];
    snprintf(name, sizeof name, "procfs-%d", getpid());
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "%s", name);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));
    int s = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(bind(s, (struct sockaddr *)&address, length));
    char shown[80];
    snprintf(shown, sizeof shown, "@%s", name);
    slurp("/proc/net/unix");
    say("there %d", strstr(text, shown) != NULL);
    MUST(listen(s, 5));
    slurp("/proc/net/unix");
    char *p = strstr(text, shown);
    say("listens %d", p && strstr(text, " 00010000 0001 01 ") != NULL);
    int c = (int)MUST(socket(AF_UNIX, SOCK_STREAM, 0));
    MUST(connect(c, (struct sockaddr *)&address, length));
    int a = (int)MUST(accept(s, NULL, NULL));
    slurp("/proc/net/unix");
    int rows = 0;
    for (p = text; (p = strstr(p, shown)); p++) { rows++; }
    say("rows of that name %d", rows);
    struct stat st;
    MUST(fstat(a, &st));
    char inode[128];
    snprintf(inode, sizeof inode, " 03 %5lu %s", (unsigned long)st.st_ino, shown);
    say("the connection by its inode %d", strstr(text, inode) != NULL);
    close(a);
    close(c);
    close(s);
    slurp("/proc/net/unix");
    say("gone %d", strstr(text, shown) == NULL);
    unlink("sock");
    snprintf(address.sun_path, sizeof address.sun_path, "sock");
    s = (int)MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
    MUST(bind(s, (struct sockaddr *)&address, sizeof address));
    slurp("/proc/net/unix");
    say("a path %d", strstr(text, " sock\n") != NULL);
    close(s);
}

static void system_v(void)
{
    int id = (int)MUST(shmget(IPC_PRIVATE, 3 * 4096 + 5, IPC_CREAT | 0640));
    char *map = MUSTP(shmat(id, NULL, 0));
    map[0] = map[4096] = 1;
    slurp("/proc/sysvipc/shm");
    for (char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
        long key, shmid, perms, size, creator, last, attached, uid, gid, cuid, cgid, at, dt, ct, rss, swap;
        int fields = sscanf(line, "%ld %ld %lo %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld %ld", &key, &shmid, &perms,
            &size, &creator, &last, &attached, &uid, &gid, &cuid, &cgid, &at, &dt, &ct, &rss, &swap);
        if (shmid == id) {
            say("shm: %d fields, key %ld, %lo, size %ld, creator %d, last %d, attached %ld, owner %d, rss %ld", fields, key,
                perms, size, creator == getpid(), last == getpid(), attached, uid == getuid() && cgid == getgid(), rss);
        }
    }
    MUST(shmctl(id, IPC_RMID, NULL));
    id = (int)MUST(semget(IPC_PRIVATE, 7, IPC_CREAT | 0600));
    slurp("/proc/sysvipc/sem");
    for (char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
        long key, semid, perms, count;
        if (sscanf(line, "%ld %ld %lo %ld", &key, &semid, &perms, &count) == 4 && semid == id) {
            say("sem: %lo, %ld", perms, count);
        }
    }
    MUST(semctl(id, 0, IPC_RMID));
    id = (int)MUST(msgget(IPC_PRIVATE, IPC_CREAT | 0600));
    struct { long type; char bytes[100]; } message = { 1, "x" };
    MUST(msgsnd(id, &message, 60, 0));
    slurp("/proc/sysvipc/msg");
    for (char *line = strchr(text, '\n') + 1; *line; line = strchr(line, '\n') + 1) {
        long key, msqid, perms, bytes, count, sender;
        if (sscanf(line, "%ld %ld %lo %ld %ld %ld", &key, &msqid, &perms, &bytes, &count, &sender) == 6 && msqid == id) {
            say("msg: %lo, bytes %ld, messages %ld, sender %d", perms, bytes, count, sender == getpid());
        }
    }
    MUST(msgctl(id, IPC_RMID, NULL));
}

static void made(void)
{
    long before = number("/proc/stat", "processes ");
    for (int i = 0; i < 20; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) { _exit(0); }
        MUST(waitpid(child, NULL, 0));
    }
    say("processes grew by twenty %d", number("/proc/stat", "processes ") - before >= 20);
    before = number("/proc/stat", "ctxt ");
    for (int i = 0; i < 20; i++) { sleep_ms(1); }
    say("ctxt grew %d", number("/proc/stat", "ctxt ") - before >= 20);
    unsigned long run, wait, slices, again;
    slurp("/proc/self/schedstat");
    sscanf(text, "%lu %lu %lu", &run, &wait, &slices);
    for (volatile long i = 0; i < 50000000; i++) {}
    slurp("/proc/self/schedstat");
    sscanf(text, "%lu", &again);
    say("schedstat grew %d", again > run + 1000000);
}

int main(void)
{
    io();
    memory();
    blocked();
    rights();
    sockets();
    system_v();
    made();
    return 0;
}
