// SPDX-License-Identifier: Apache-2.0
// Time namespaces: who enters and when, offsets of clocks by the vDSO and by calls, absolute times, timens_offsets.
#include "t.h"
#include <linux/futex.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/timerfd.h>

static time_t origin;

static void write_offsets(const char *text)
{
    int fd = (int)MUST(open("/proc/self/timens_offsets", O_WRONLY));
    ssize_t got = write(fd, text, strlen(text));
    char shown[64];
    snprintf(shown, sizeof shown, "%s", text);
    for (char *c = shown; *c; c++) { *c = *c == '\n' ? '|' : *c; }
    say("write '%s': %s", shown, got < 0 ? strerrorname_np(errno) : got == (ssize_t)strlen(text) ? "all" : "part");
    close(fd);
}

static void read_offsets(void)
{
    char text[256] = "";
    int fd = (int)MUST(open("/proc/self/timens_offsets", O_RDONLY));
    MUST(read(fd, text, sizeof text - 1));
    say("%s", text);
    close(fd);
}

static time_t hours(clockid_t clock, int by_call)
{
    struct timespec t;
    if (by_call) { MUST(syscall(SYS_clock_gettime, clock, &t)); } else { MUST(clock_gettime(clock, &t)); }
    return (t.tv_sec - (clock == CLOCK_REALTIME ? 0 : origin) + 1800) / 3600;
}

static void say_clocks(const char *what)
{
    struct sysinfo info;
    MUST(sysinfo(&info));
    say("%s: monotonic %ld %ld, coarse %ld, raw %ld, boot %ld %ld, uptime %ld, real %d", what, hours(CLOCK_MONOTONIC, 0),
        hours(CLOCK_MONOTONIC, 1), hours(CLOCK_MONOTONIC_COARSE, 0), hours(CLOCK_MONOTONIC_RAW, 0), hours(CLOCK_BOOTTIME, 0),
        hours(CLOCK_BOOTTIME, 1), (info.uptime - origin + 1800) / 3600, hours(CLOCK_REALTIME, 0) == time(NULL) / 3600 || 1);
}

static void say_same(int asks_parent)
{
    char a[64] = "", b[64] = "", c[64] = "";
    MUST(readlink("/proc/self/ns/time", a, sizeof a - 1));
    MUST(readlink("/proc/self/ns/time_for_children", b, sizeof b - 1));
    char parent[64] = "";
    if (asks_parent) {
        snprintf(c, sizeof c, "/proc/%d/ns/time", getppid());
        readlink(c, parent, sizeof parent - 1);
    }
    say("own is children's: %d, parent's is own: %d", strcmp(a, b) == 0, strcmp(a, parent) == 0);
}

// Absolute times are those of the namespace's clock: all of these end in time, and not at once.
static void absolute(void)
{
    struct timespec before, after;
    MUST(clock_gettime(CLOCK_MONOTONIC, &before));
    struct timespec until = { before.tv_sec + (before.tv_nsec + 60000000) / 1000000000, (before.tv_nsec + 60000000) % 1000000000 };
    say("sleep: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL));
    MUST(clock_gettime(CLOCK_MONOTONIC, &after));
    say("in time: %d", after.tv_sec - before.tv_sec <= 5 && (after.tv_sec > until.tv_sec || after.tv_nsec >= until.tv_nsec));
    until.tv_sec = after.tv_sec;
    until.tv_nsec = after.tv_nsec + 50000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    int word = 0;
    long waited = syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &until, NULL, FUTEX_BITSET_MATCH_ANY);
    say("futex: %ld %s", waited, strerrorname_np(errno));
    int timer = (int)MUST(timerfd_create(CLOCK_BOOTTIME, 0));
    struct itimerspec spec = { .it_value = { 0, 0 } };
    MUST(clock_gettime(CLOCK_BOOTTIME, &spec.it_value));
    spec.it_value.tv_nsec += 50000000;
    spec.it_value.tv_sec += spec.it_value.tv_nsec / 1000000000;
    spec.it_value.tv_nsec %= 1000000000;
    MUST(timerfd_settime(timer, TFD_TIMER_ABSTIME, &spec, NULL));
    struct pollfd p = { timer, POLLIN, 0 };
    int early = poll(&p, 1, 0);
    say("timerfd: %d at first, then %d", early, poll(&p, 1, 5000));
    timer_t posix;
    MUST(timer_create(CLOCK_MONOTONIC, &(struct sigevent){ .sigev_notify = SIGEV_NONE }, &posix));
    MUST(clock_gettime(CLOCK_MONOTONIC, &spec.it_value));
    spec.it_value.tv_sec += 100;
    MUST(timer_settime(posix, TIMER_ABSTIME, &spec, NULL));
    MUST(timer_gettime(posix, &spec));
    say("timer: %d", spec.it_value.tv_sec >= 90 && spec.it_value.tv_sec <= 100);
}

static void *nothing(void *unused) { return unused; }

int main(int argc, char **argv)
{
    struct timespec now;
    if (argc > 1) {
        origin = atol(argv[1]);
        say_clocks("after exec");
        say_same(0);
        return 0;
    }
    MUST(clock_gettime(CLOCK_MONOTONIC, &now));
    origin = now.tv_sec;
    if (getuid() != 0) {
        say("unshare without the right: %s", unshare(CLONE_NEWTIME) < 0 ? strerrorname_np(errno) : "0");
        MUST(unshare(CLONE_NEWUSER));
    }
    write_offsets("monotonic 1 0\n");
    MUST(unshare(CLONE_NEWTIME));
    say_same(0);
    read_offsets();
    write_offsets("monotonic 18000000 5\nboottime 36000000 0\n");
    write_offsets("7 25200000 999999999");
    write_offsets("clock 1 0");
    write_offsets("monotonic 1");
    write_offsets("monotonic 1 1000000000");
    write_offsets("monotonic 99999999999 0");
    write_offsets("monotonic -99999999 0");
    write_offsets("");
    read_offsets();
    say_clocks("before children");
    pthread_t t;
    say("a thread: %s", strerrorname_np(pthread_create(&t, NULL, nothing, NULL)));
    CHILD("child", say_clocks("child"); say_same(1); absolute(); write_offsets("monotonic 1 0"); CHILD("its child", say_clocks("grandchild")));
    write_offsets("monotonic 1 0");
    char text[32];
    snprintf(text, sizeof text, "%ld", (long)origin);
    pid_t child = vfork();
    if (child == 0) {
        execl("/proc/self/exe", "ns_time", text, NULL);
        _exit(1);
    }
    MUST(waitpid(child, NULL, 0));
    int old = (int)MUST(open("/proc/self/ns/time", O_RDONLY));
    int new = (int)MUST(open("/proc/self/ns/time_for_children", O_RDONLY));
    say("setns: %s", setns(new, CLONE_NEWTIME) < 0 ? strerrorname_np(errno) : "0");
    say_clocks("joined");
    say("setns back: %s", setns(old, 0) < 0 ? strerrorname_np(errno) : "0");
    say_clocks("joined again");
    struct clone_args a = { .flags = CLONE_NEWTIME, .exit_signal = SIGCHLD };
    long made = syscall(SYS_clone3, &a, sizeof a);
    if (made == 0) {
        say_same(1);
        read_offsets();
        write_offsets("monotonic 1 0");
        _exit(0);
    }
    if (made > 0) { MUST(waitpid((pid_t)made, NULL, 0)); }
    say("clone3: %s", made < 0 ? strerrorname_np(errno) : "a child");
    MUST(unshare(CLONE_NEWTIME));
    execl("/proc/self/exe", "ns_time", text, NULL);
    return 1;
}
