// SPDX-License-Identifier: Apache-2.0
// ru_maxrss, faults and switches of oneself, of children that were waited for, of one that wait4 tells of.
#include "t.h"
#include <sys/mman.h>
#include <sys/resource.h>

enum { MIB = 1 << 20 };

static void touch(size_t bytes)
{
    char *memory = MUSTP(mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes; i += 4096) { memory[i] = 1; }
    MUST(munmap(memory, bytes));
}

static struct rusage usage(int who)
{
    struct rusage u;
    MUST(getrusage(who, &u));
    return u;
}

static const char *about(long kib, long mib) { return kib >= mib * 1024 && kib < (mib + 60) * 1024 ? "as touched" : kib < mib * 1024 ? "less" : "more"; }

int main(void)
{
    struct rusage before = usage(RUSAGE_SELF);
    touch(400 * MIB);
    struct rusage after = usage(RUSAGE_SELF);
    say("after 400 MiB: %s", about(after.ru_maxrss, 400));
    say("a fault for each page: %d", after.ru_minflt - before.ru_minflt >= 400 * MIB / 4096);
    say("no children yet: %ld", usage(RUSAGE_CHILDREN).ru_maxrss);
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        touch(450 * MIB);
        pid_t inner = fork();
        if (inner == 0) {
            touch(600 * MIB);
            _exit(0);
        }
        _exit(inner < 0 || waitpid(inner, NULL, 0) != inner);
    }
    struct rusage told;
    int status;
    MUST(wait4(child, &status, 0, &told));
    say("wait4: status %d, %s, faults %d", status, about(told.ru_maxrss, 600), told.ru_minflt >= 1050 * MIB / 4096);
    struct rusage children = usage(RUSAGE_CHILDREN);
    say("children: %s, faults %d", about(children.ru_maxrss, 600), children.ru_minflt >= 1050 * MIB / 4096);
    say("oneself: %s", about(usage(RUSAGE_SELF).ru_maxrss, 400));
    long slept = usage(RUSAGE_SELF).ru_nvcsw;
    for (int i = 0; i < 10; i++) { sleep_ms(2); }
    say("switches: %d", usage(RUSAGE_SELF).ru_nvcsw - slept >= 10);
    execl("/proc/self/exe", "usage_memory", "again", NULL);
    return 1;
}

__attribute__((constructor)) static void again(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "again") == 0) {
        say("after exec: %s", about(usage(RUSAGE_SELF).ru_maxrss, 400));
        exit(0);
    }
}
