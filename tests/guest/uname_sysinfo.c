// SPDX-License-Identifier: Apache-2.0
// uname(2) and sysinfo(2) by the class of their fields, sethostname permissions, sched_yield, CPU counts,
// getcpu, getrandom.
#include "t.h"
#include <sys/random.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>

int main(void)
{
    struct utsname name;
    struct sysinfo info;
    SHOW(uname(&name));
    int major = 0, minor = 0;
    say("sysname %s machine %s release has numbers %d, recent %d, version %d", name.sysname, name.machine,
        sscanf(name.release, "%d.%d", &major, &minor), major >= 5, name.version[0] == '#');
    say("nodename %d", name.nodename[0] != 0);
    char host[65];
    SHOW(gethostname(host, sizeof host));
    say("same %d", strcmp(host, name.nodename) == 0);
    SHOW(syscall(SYS_uname, BAD));
    SHOW(gethostname(host, 0));
    SHOW(sysinfo(&info));
    say("uptime %d total %d free %d procs %d unit %u", info.uptime >= 0, info.totalram > 0,
        info.freeram <= info.totalram, info.procs > 0, info.mem_unit);
    SHOW(syscall(SYS_sysinfo, BAD));
    say("get_nprocs %d, configured %d", get_nprocs() > 0,
        sysconf(_SC_NPROCESSORS_CONF) >= sysconf(_SC_NPROCESSORS_ONLN));
    say("page %ld, ticks %ld, argument limit %d", sysconf(_SC_PAGESIZE), sysconf(_SC_CLK_TCK),
        sysconf(_SC_ARG_MAX) >= 131072);

    SHOW(sched_yield());
    cpu_set_t set;
    CPU_ZERO(&set);
    SHOW(sched_getaffinity(0, sizeof set, &set));
    say("CPUs %d, first %d", CPU_COUNT(&set) > 0, CPU_ISSET(0, &set));
    SHOW(sched_setaffinity(0, sizeof set, &set));
    cpu_set_t none;
    CPU_ZERO(&none);
    SHOW(sched_setaffinity(0, sizeof none, &none));
    SHOW(sched_getaffinity(999999, sizeof set, &set));
    SHOW(syscall(SYS_sched_getaffinity, 0, 1, &set));
    SHOW(syscall(SYS_sched_getaffinity, 0, 8, &set));
    SHOW(syscall(SYS_sched_getaffinity, 0, sizeof set, BAD));
    unsigned cpu, node;
    SHOW(getcpu(&cpu, &node));
    say("cpu %d", cpu < 4096);
    SHOW(sched_getscheduler(0));
    SHOW(sched_getscheduler(999999));
    struct sched_param parameter = { 77 };
    SHOW(sched_getparam(0, &parameter));
    say("priority %d", parameter.sched_priority);
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
    parameter.sched_priority = 5;
    SHOW(sched_setscheduler(0, SCHED_OTHER, &parameter));
    SHOW(sched_setscheduler(0, 77, &parameter));
    SHOW(sched_get_priority_max(SCHED_FIFO));
    SHOW(sched_get_priority_min(SCHED_FIFO));
    SHOW(sched_get_priority_max(SCHED_OTHER));
    SHOW(sched_get_priority_max(77));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(setpriority(PRIO_PROCESS, 0, 5));
    SHOW(getpriority(PRIO_PROCESS, 0));
    SHOW(nice(3));
    SHOW(getpriority(77, 0));
    SHOW(getpriority(PRIO_PROCESS, 999999));
    SHOW(setpriority(PRIO_PROCESS, 0, 100));
    SHOW(getpriority(PRIO_PROCESS, 0));

    unsigned char one[64] = { 0 }, two[64] = { 0 };
    SHOW(getrandom(one, 64, 0));
    SHOW(getrandom(two, 64, GRND_NONBLOCK));
    say("differ %d", memcmp(one, two, 64) != 0);
    SHOW(getrandom(one, 0, 0));
    SHOW(getrandom(one, 16, GRND_RANDOM | GRND_NONBLOCK));
    SHOW(getrandom(one, 16, 0x100));
    SHOW(syscall(SYS_getrandom, BAD, 16, 0));
    SHOW(getrandom(one, 16, GRND_RANDOM | GRND_INSECURE));
    return 0;
}
