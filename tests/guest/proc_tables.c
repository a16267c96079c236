// SPDX-License-Identifier: Apache-2.0
// The shape of procfs's tables: headings as they stand, keys in their order, numbers that agree with each other.
#include "t.h"
#include <sys/prctl.h>

static char text[1 << 20];

static int slurp(const char *path)
{
    int fd = open(path, O_RDONLY), n = 0;
    if (fd == -1) {
        say("%s: %s", path, err_name(errno));
        return text[0] = 0;
    }
    for (ssize_t r; n < (int)sizeof text - 1 && (r = read(fd, text + n, sizeof text - 1 - n)) > 0;) {
        n += r;
    }
    text[n] = 0;
    close(fd);
    return n;
}

// Numbers become a 9, so that only the shape is left.
static void shape(const char *path, int lines)
{
    slurp(path);
    char *p = text;
    for (; lines > 0 && *p; lines--) {
        char *end = strchr(p, '\n');
        if (!end) { break; }
        *end = 0;
        char masked[200];
        int n = 0;
        for (char *c = p; *c && n < 199; c++) {
            int digit = *c >= '0' && *c <= '9', spaced = *c == ' ' && n > 0 && masked[n - 1] == ' ';
            if (!(digit && n > 0 && masked[n - 1] == '9') && !spaced) { masked[n++] = digit ? '9' : *c; }
        }
        masked[n] = 0;
        say("%s|%s|", path, masked);
        p = end + 1;
    }
}

static void heading(const char *path)
{
    slurp(path);
    say("%s|%.*s|", path, (int)strcspn(text, "\n"), text);
}

// Whether each of the keys begins a line, after those before it.
static void keys(const char *path, const char *list)
{
    slurp(path);
    char copy[2000], *at = text, *state;
    snprintf(copy, sizeof copy, "%s", list);
    for (char *key = strtok_r(copy, " ", &state); key; key = strtok_r(NULL, " ", &state)) {
        char line[100];
        snprintf(line, sizeof line, "\n%s", key);
        char *found = at == text && strncmp(text, key, strlen(key)) == 0 ? text : strstr(at, line);
        if (!found) {
            say("%s: no %s where it belongs", path, key);
            continue;
        }
        at = found + 1;
    }
    say("%s: looked", path);
}

static long number(const char *key)
{
    char *p = strstr(text, key);
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

int main(void)
{
    const char *headings[] = { "/proc/net/tcp", "/proc/net/udp", "/proc/net/raw", "/proc/net/unix", "/proc/net/route",
        "/proc/net/arp", "/proc/net/packet", "/proc/net/netlink", "/proc/net/protocols", "/proc/net/dev",
        "/proc/net/psched", "/proc/net/ptype", "/proc/net/igmp", "/proc/sysvipc/msg", "/proc/sysvipc/sem",
        "/proc/sysvipc/shm", "/proc/swaps", "/proc/partitions", "/proc/self/limits", "/proc/execdomains",
        "/proc/devices" };
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) { heading(headings[i]); }
    shape("/proc/self/io", 7);
    keys("/proc/meminfo", "MemTotal: MemFree: MemAvailable: Buffers: Cached: SwapCached: Active: Inactive: "
        "Active(anon): Inactive(anon): Active(file): Inactive(file): Unevictable: Mlocked: SwapTotal: SwapFree: Dirty: "
        "Writeback: AnonPages: Mapped: Shmem: KReclaimable: Slab: SReclaimable: SUnreclaim: KernelStack: PageTables: "
        "NFS_Unstable: Bounce: WritebackTmp: CommitLimit: Committed_AS: VmallocTotal: VmallocUsed: VmallocChunk: Percpu: "
        "HugePages_Total: HugePages_Free: HugePages_Rsvd: HugePages_Surp: Hugepagesize: Hugetlb:");
    long total = number("MemTotal:");
    say("meminfo adds up: free %d, available %d, cached %d, anonymous %d, shared %d",
        number("MemFree:") <= total, number("MemAvailable:") <= total && number("MemAvailable:") > 0,
        number("\nCached:") + number("MemFree:") + number("AnonPages:") <= total, number("AnonPages:") > 0,
        number("Shmem:") <= number("\nCached:"));
    shape("/proc/meminfo", 2);
    keys("/proc/vmstat", "nr_free_pages nr_inactive_anon nr_anon_pages nr_mapped nr_file_pages nr_shmem pgpgin pgpgout "
        "pswpin pswpout pgfault pgmajfault oom_kill");
    say("faults %d", number("pgfault ") > 0);
    keys("/proc/stat", "cpu  cpu0 intr ctxt btime processes procs_running procs_blocked softirq");
    say("running %d, switches %d, made %d", number("procs_running ") >= 1, number("ctxt ") >= 0, number("processes ") >= 1);
    keys("/proc/self/smaps", "Size: KernelPageSize: MMUPageSize: Rss: Pss: Shared_Clean: Shared_Dirty: "
        "Private_Clean: Private_Dirty: Referenced: Anonymous: LazyFree: AnonHugePages: ShmemPmdMapped: FilePmdMapped: "
        "Shared_Hugetlb: Private_Hugetlb: Swap: SwapPss: Locked: THPeligible: VmFlags:");
    keys("/proc/self/smaps_rollup", "Rss: Pss: Pss_Anon: Pss_File: Pss_Shmem: Shared_Clean: Shared_Dirty: "
        "Private_Clean: Private_Dirty: Referenced: Anonymous: LazyFree: AnonHugePages: Swap: SwapPss: Locked:");
    say("rollup %d", strstr(text, "[rollup]\n") != NULL);
    unsigned long run, wait, slices;
    slurp("/proc/self/schedstat");
    say("schedstat %d", sscanf(text, "%lu %lu %lu\n", &run, &wait, &slices));
    prctl(PR_SET_NAME, "some name");
    slurp("/proc/self/sched");
    say("sched %d %d", strncmp(text, "some name (", 11) == 0, strstr(text, "\nnr_switches ") != NULL);
    slurp("/proc/self/numa_maps");
    say("numa_maps %d %d", strstr(text, " default file=") != NULL, strstr(text, " stack anon=") != NULL);
    slurp("/proc/softirqs");
    say("softirqs %d", strstr(text, "\n          HI: ") != NULL);
    slurp("/proc/sys/kernel/ns_last_pid");
    say("ns_last_pid %d", atoi(text) > 0);
    const char *there[] = { "/proc/consoles", "/proc/misc", "/proc/interrupts", "/proc/diskstats", "/proc/self/map_files",
        "/proc/net/sockstat", "/sys/class/net/lo/mtu", "/sys/devices/system/node/node0/meminfo",
        "/sys/kernel/mm/transparent_hugepage/enabled", "/sys/devices/system/cpu/cpu0/topology/core_id" };
    for (size_t i = 0; i < sizeof there / sizeof there[0]; i++) { SHOW(access(there[i], F_OK)); }
    return 0;
}
