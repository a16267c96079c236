// SPDX-License-Identifier: Apache-2.0
// getrusage(2), times(2), getrlimit(2), setrlimit, prlimit: sanity, raising and lowering, errors,
// inheritance.
#include "t.h"

int main(void)
{
    struct rusage usage;
    volatile unsigned long spin = 0;
    int64_t begun = now_ns(CLOCK_PROCESS_CPUTIME_ID);
    while (now_ns(CLOCK_PROCESS_CPUTIME_ID) - begun < 30000000) { spin++; }
    SHOW(getrusage(RUSAGE_SELF, &usage));
    long spent = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1000000 +
                 usage.ru_stime.tv_usec;
    say("CPU time %d, maxrss %d", spent >= 20000 && spent<5000000, usage.ru_maxrss> 100);
    SHOW(getrusage(RUSAGE_THREAD, &usage));
    SHOW(getrusage(RUSAGE_CHILDREN, &usage));
    say("children none yet %ld", usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec);
    CHILD("spinner", {
        int64_t t = now_ns(CLOCK_PROCESS_CPUTIME_ID);
        while (now_ns(CLOCK_PROCESS_CPUTIME_ID) - t < 50000000) { spin++; }
    });
    SHOW(getrusage(RUSAGE_CHILDREN, &usage));
    spent = usage.ru_utime.tv_sec * 1000000 + usage.ru_utime.tv_usec + usage.ru_stime.tv_sec * 1000000 +
            usage.ru_stime.tv_usec;
    say("children's time %d", spent >= 40000);
    SHOW(getrusage(77, &usage));
    SHOW(syscall(SYS_getrusage, RUSAGE_SELF, BAD));

    const char *names[] = { "CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK",
        "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME" };
    struct rlimit limit, lower;
    for (int i = 0; i < 16; i++) {
        int result = getrlimit(i, &limit);
        say("%s: %d soft <= hard %d, soft infinite %d", names[i], result, limit.rlim_cur <= limit.rlim_max,
            limit.rlim_cur == RLIM_INFINITY);
    }
    SHOW(getrlimit(16, &limit));
    SHOW(getrlimit(-1, &limit));
    SHOW(syscall(SYS_getrlimit, RLIMIT_NOFILE, BAD));
    lower = (struct rlimit){ 100, 50 };
    SHOW(setrlimit(RLIMIT_NOFILE, &lower));
    lower = (struct rlimit){ 50, 100 };
    CHILD("lowered", {
        SHOW(setrlimit(RLIMIT_NOFILE, &lower));
        SHOW(getrlimit(RLIMIT_NOFILE, &limit));
        say("%ld %ld", (long)limit.rlim_cur, (long)limit.rlim_max);
        lower.rlim_cur = 100;
        SHOW(setrlimit(RLIMIT_NOFILE, &lower));
        SHOW(sysconf(_SC_OPEN_MAX));
        CHILD("inherited", getrlimit(RLIMIT_NOFILE, &limit);
              say("%ld %ld", (long)limit.rlim_cur, (long)limit.rlim_max));
        execl("/bin/sh", "sh", "-c", "ulimit -n; ulimit -Hn", NULL);
    });
    SHOW(prlimit(0, RLIMIT_CORE, NULL, &limit));
    SHOW(prlimit(999999, RLIMIT_CORE, NULL, &limit));
    SHOW(prlimit(0, 99, NULL, &limit));
    SHOW(syscall(SYS_prlimit64, 0, RLIMIT_CORE, BAD, NULL));
    pid_t child = (pid_t)MUST(fork());
    if (child == 0) {
        for (;;) { pause(); }
    }
    lower = (struct rlimit){ 33, 44 };
    SHOW(prlimit(child, RLIMIT_NOFILE, &lower, NULL));
    SHOW(prlimit(child, RLIMIT_NOFILE, NULL, &limit));
    say("the child's: %ld %ld", (long)limit.rlim_cur, (long)limit.rlim_max);
    kill(child, SIGKILL);
    MUST(waitpid(child, NULL, 0));
    CHILD("RLIMIT_AS", {
        lower = (struct rlimit){ 200 << 20, 200 << 20 };
        MUST(setrlimit(RLIMIT_AS, &lower));
        SHOW(mmap(NULL, 300 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        OK(mmap(NULL, 10 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    });
    CHILD("RLIMIT_CPU", {
        lower = (struct rlimit){ 1, 2 };
        MUST(setrlimit(RLIMIT_CPU, &lower));
        for (;;) { spin++; }
    });
    return 0;
}
