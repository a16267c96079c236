// SPDX-License-Identifier: Apache-2.0
// The micro benchmarks: `micro ROW...` prints, for each row, its name, nanoseconds per operation (the median of
// several batches and the least) and how many operations the batches made in all. One static binary, run
// unchanged on the host and inside every sandbox.
//
//   --list     names the rows
//   --quick    short batches
//   --directory DIR  where the rows that follow have their files ($MICRO_DIRECTORY, /tmp)
//   --barrier  before the batches of a row prints "ready ROW" and waits for a byte on standard input, and waits
//              for another one after them: what is between the two is batches only, so that the caller can take
//              the CPU time of the whole sandbox
//   --idle     prints "idle" and sleeps until standard input closes
//   --exit     ends at once
//
// Build: gcc -O2 -static -pthread *.c -o micro
#include "micro.h"
#include <sched.h>
#include <time.h>

#define BATCHES 9

char buffer[1 << 20];
char temporary[200], missing[200], created[200], self[4096];

static const struct row *const tables[] = { call_rows, file_rows, channel_rows, memory_rows, process_rows,
    busy_rows };

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "micro: %s: %s\n", what, strerror(errno));
    exit(1);
}

int cores(void)
{
    cpu_set_t set;
    check(sched_getaffinity(0, sizeof set, &set), "sched_getaffinity");
    return CPU_COUNT(&set);
}

static int64_t now(void)
{
    struct timespec t;
    check(clock_gettime(CLOCK_MONOTONIC, &t), "clock_gettime");
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void wait_for_byte(void)
{
    char c;
    expect(read(0, &c, 1) == 1, "the caller went away");
}

// Nanoseconds that n operations take: the least of several tries once they take long enough to matter, so that
// other work on the machine does not make them look slow, and the batches short.
static int64_t least(const struct row *row, long n, int64_t enough)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 3 && best >= enough; i++) {
        int64_t begun = now();
        row->run(n);
        int64_t took = now() - begun;
        if (took < best) { best = took; }
    }
    return best > 0 ? best : 1;
}

// How many operations fill a batch: a multiple of the number of threads.
static long calibrate(const struct row *row, int64_t batch_ns, int threads)
{
    for (long n = threads;;) {
        int64_t took = least(row, n, batch_ns / 2);
        if (took >= batch_ns / 2 || n > 1L << 40) {
            n = (long)((double)n * batch_ns / took);
            return n < threads ? threads : n / threads * threads;
        }
        n = took < batch_ns / 100 ? n * 8 : n * 2;
    }
}

// With several threads, nanoseconds per operation are as each of the threads sees it.
static void measure(const struct row *row, int64_t batch_ns, int barrier)
{
    int threads = row->threads == PER_CORE ? cores() : row->threads ? row->threads : 1;
    batch_ns *= row->scale ? row->scale : 1;
    row->open();
    long n = calibrate(row, batch_ns, threads);
    if (barrier) {
        printf("ready %s\n", row->name);
        expect(fflush(stdout) == 0, "standard output");
        wait_for_byte();
    }
    double results[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
        int64_t begun = now();
        row->run(n);
        results[i] = (double)(now() - begun) * threads / n;
    }
    qsort(results, BATCHES, sizeof results[0], compare);
    printf("%s %.1f %.1f %ld\n", row->name, results[BATCHES / 2], results[0], n * BATCHES);
    expect(fflush(stdout) == 0, "standard output");
    if (barrier) { wait_for_byte(); }
    row->close();
}

static const struct row *find(const char *name)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const struct row *row = tables[t]; row->name; row++) {
            if (strcmp(row->name, name) == 0) { return row; }
        }
    }
    fprintf(stderr, "micro: no row '%s'\n", name);
    exit(2);
}

static int list(void)
{
    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const struct row *row = tables[t]; row->name; row++) { puts(row->name); }
    }
    return 0;
}

static int idle(void)
{
    puts("idle");
    fflush(stdout);
    while (read(0, buffer, 1) > 0) {}
    return 0;
}

static void use(const char *directory)
{
    snprintf(temporary, sizeof temporary, "%.150s/micro-%d", directory, getpid());
    snprintf(missing, sizeof missing, "%.150s/no-such-file", directory);
    snprintf(created, sizeof created, "%.150s/micro-new-%d", directory, getpid());
}

int main(int argc, char **argv)
{
    int64_t batch_ns = 10000000;
    int barrier = 0;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) { snprintf(self, sizeof self, "%s", argv[0]); }
    const char *directory = getenv("MICRO_DIRECTORY") ? getenv("MICRO_DIRECTORY") : "/tmp";
    use(directory);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--exit") == 0) { return 0; }
        if (strcmp(argv[i], "--idle") == 0) { return idle(); }
        if (strcmp(argv[i], "--list") == 0) { return list(); }
        if (strcmp(argv[i], "--quick") == 0) {
            batch_ns = 2000000;
        } else if (strcmp(argv[i], "--barrier") == 0) {
            barrier = 1;
        } else if (strcmp(argv[i], "--directory") == 0 && i + 1 < argc) {
            use(argv[++i]);
        } else {
            measure(find(argv[i]), batch_ns, barrier);
        }
    }
    return 0;
}
