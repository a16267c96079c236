// SPDX-License-Identifier: Apache-2.0
// procfs shows the sandbox's own memory and processes and nothing of the platform, and bears being read in loops, by
// many, of processes with many mappings and of processes that die.
// @host no
// @timeout 120
#include "attack.h"
#include <dirent.h>
#include <sys/sysinfo.h>

#define MEGABYTE (1L << 20)

static char text[1 << 20];
static int failed;

static void is(const char *what, int good)
{
    say("%s: %s", what, good ? "yes" : "NO");
    failed |= !good;
}

static long slurp(const char *path)
{
    int fd = open(path, O_RDONLY);
    long n = 0;
    for (ssize_t r; fd >= 0 && n < (long)sizeof text - 1 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;) { n += r; }
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

// A measurement is told again for a moment.
static long anonymous(void)
{
    usleep(50000);
    return number("/proc/meminfo", "AnonPages:");
}

static void own_memory(void)
{
    struct sysinfo info;
    MUST(sysinfo(&info));
    is("MemTotal is sysinfo's", (long)(info.totalram * info.mem_unit / 1024) == number("/proc/meminfo", "MemTotal:"));
    long before = anonymous(), free = number("/proc/meminfo", "MemFree:");
    is("an idle sandbox uses little", before < 40 << 10 && free > number("/proc/meminfo", "MemTotal:") - (100 << 10));
    char *map = MUSTP(mmap(NULL, 64 * MEGABYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    memset(map, 1, 64 * MEGABYTE);
    long more = anonymous() - before, less = free - number("/proc/meminfo", "MemFree:");
    is("AnonPages grows by what is touched", more >= 64 << 10 && more < 66 << 10);
    is("MemFree shrinks by it", less >= 64 << 10 && less < 70 << 10);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { pause(); }
    }
    usleep(50000);
    more = anonymous() - before;
    is("what is shared after a fork counts once", more >= 63 << 10 && more < 68 << 10);
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
    MUST(munmap(map, 64 * MEGABYTE));
    is("it is given back", anonymous() - before < 2 << 10);
}

static void own_processes(void)
{
    long before = number("/proc/stat", "processes ");
    for (int i = 0; i < 50; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) { _exit(0); }
        MUST(waitpid(child, NULL, 0));
    }
    is("processes counts those that were made", number("/proc/stat", "processes ") - before == 50);
    slurp("/proc/stat");
    unsigned long user = 0, nice, system = 0, idle = 0, again = 0;
    sscanf(text, "cpu  %lu %lu %lu %lu", &user, &nice, &system, &idle);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { }
    }
    usleep(600000);
    int running = 0;
    slurp("/proc/loadavg");
    sscanf(text, "%*f %*f %*f %d/", &running);
    is("who spins is running", running >= 2);
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
    slurp("/proc/stat");
    sscanf(text, "cpu  %lu", &again);
    is("its time counts when it is gone", again >= user + 5);
}

// The same ranges as maps has, none of the platform's.
static void nothing_else(void)
{
    static char maps[1 << 18];
    long n = slurp("/proc/self/maps");
    is("maps fits", n < (long)sizeof maps);
    memcpy(maps, text, (size_t)n + 1);
    slurp("/proc/self/smaps");
    int same = 1, rows = 0;
    for (char *line = text; *line; line = strchr(line, '\n') + 1) {
        if (*line >= 'A' && *line <= 'Z') { continue; }
        char copy[200];
        snprintf(copy, sizeof copy, "%.*s", (int)strcspn(line, "\n"), line);
        same &= strstr(maps, copy) != NULL;
        rows++;
    }
    is("smaps has the mappings of maps", same && rows > 5);
    uint64_t entries[64] = { 1 }, any = 0;
    int fd = (int)MUST(open("/proc/self/pagemap", O_RDONLY));
    unsigned long places[] = { STUB_CODE, STUB_AREAS, STUB_TABLE };
    for (int i = 0; i < 3; i++) {
        pread(fd, entries, sizeof entries, (long)(places[i] / 4096 * 8));
        for (int k = 0; k < 64; k++) { any |= entries[k]; }
    }
    is("pagemap shows nothing of the platform", any == 0);
    pread(fd, entries, 8, (long)((unsigned long)places / 4096 * 8));
    is("no frame numbers", entries[0] >> 63 == 1 && (entries[0] & ((1UL << 55) - 1)) == 0);
    close(fd);
}

static void read_all(const char *process)
{
    static const char *files[] = { "smaps", "smaps_rollup", "numa_maps", "maps", "io", "syscall", "stat", "status", "sched",
        "schedstat", "statm", "auxv", "net/unix" };
    char path[64], buffer[4096];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "/proc/%s/%s", process, files[i]);
        int fd = open(path, O_RDONLY);
        for (int k = 0; k < 64 && fd >= 0 && read(fd, buffer, sizeof buffer) > 0; k++) {}
        close(fd);
    }
    snprintf(path, sizeof path, "/proc/%s/map_files", process);
    DIR *dir = opendir(path);
    for (int k = 0; dir && k < 20; k++) {
        struct dirent *entry = readdir(dir);
        if (!entry) { break; }
        readlinkat(dirfd(dir), entry->d_name, buffer, sizeof buffer);
    }
    if (dir) { closedir(dir); }
    snprintf(path, sizeof path, "/proc/%s/pagemap", process);
    int fd = open(path, O_RDONLY);
    for (int k = 0; k < 4 && fd >= 0; k++) { pread(fd, buffer, sizeof buffer, (long)(random_word() & 0x3ffffffff8)); }
    close(fd);
}

static void *sleeper(void *unused)
{
    usleep(300);
    return unused;
}

// Readers of processes that come, make threads, execute and go.
static void dying(void)
{
    pid_t readers[3];
    for (int i = 0; i < 3; i++) {
        readers[i] = (pid_t)MUST(fork());
        if (readers[i] == 0) {
            for (;;) {
                DIR *dir = opendir("/proc");
                for (struct dirent *entry; dir && (entry = readdir(dir));) {
                    if (atoi(entry->d_name) > 1) { read_all(entry->d_name); }
                }
                closedir(dir);
            }
        }
    }
    for (int i = 0; i < 300; i++) {
        pid_t child = (pid_t)MUST(fork());
        if (child == 0) {
            pthread_t t;
            pthread_create(&t, NULL, sleeper, NULL);
            usleep((unsigned)(random_word() % 500));
            if (i % 3 == 0) { execl("/bin/true", "true", NULL); }
            _exit(0);
        }
        if (i % 5 == 0) { kill(child, SIGKILL); }
        MUST(waitpid(child, NULL, 0));
    }
    for (int i = 0; i < 3; i++) {
        is("the reader lives", waitpid(readers[i], NULL, WNOHANG) == 0);
        kill(readers[i], SIGKILL);
        MUST(waitpid(readers[i], NULL, 0));
    }
    is("processes that die are read", 1);
}

static void many_mappings(void)
{
    const long count = 30000;
    char *map = MUSTP(mmap(NULL, (size_t)(count * 4096), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
    for (long i = 0; i < count; i += 2) { MUST(mprotect(map + i * 4096, 4096, PROT_NONE)); }
    int fd = (int)MUST(open("/proc/self/smaps", O_RDONLY));
    ssize_t n = read(fd, text, sizeof text);
    is("smaps of many mappings is whole or refused", n > 0 || (n == -1 && errno == ENOMEM));
    close(fd);
    is("numa_maps of them", slurp("/proc/self/numa_maps") > 100000);
    is("rollup of them", slurp("/proc/self/smaps_rollup") > 100);
    pid_t readers[3];
    for (int i = 0; i < 3; i++) {
        readers[i] = (pid_t)MUST(fork());
        if (readers[i] == 0) {
            char name[16];
            snprintf(name, sizeof name, "%d", getppid());
            for (;;) { read_all(name); }
        }
    }
    for (int i = 0; i < 300; i++) {
        char *one = MUSTP(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        one[0] = 1;
        MUST(munmap(one, 4096));
    }
    for (int i = 0; i < 3; i++) {
        is("the reader lives", waitpid(readers[i], NULL, WNOHANG) == 0);
        kill(readers[i], SIGKILL);
        MUST(waitpid(readers[i], NULL, 0));
    }
    is("who is read goes on", 1);
    MUST(munmap(map, (size_t)(count * 4096)));
}

int main(void)
{
    own_memory();
    own_processes();
    nothing_else();
    dying();
    many_mappings();
    return failed;
}
