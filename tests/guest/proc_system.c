// SPDX-License-Identifier: Apache-2.0
// System-wide files of /proc and /sys that programs read: present, well formed, consistent with the system
// calls.
#include "t.h"
#include <sys/sysinfo.h>

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

static int lines_with(const char *start)
{
    int n = 0;
    for (char *p = text; (p = strstr(p, start)); p++) { n += p == text || p[-1] == '\n'; }
    return n;
}

static long number_after(const char *key)
{
    char *p = strstr(text, key);
    return p ? strtol(p + strlen(key), NULL, 10) : -1;
}

int main(void)
{
    struct sysinfo info;
    sysinfo(&info);
    slurp("/proc/meminfo");
    long total = number_after("MemTotal:");
    say("meminfo: MemTotal is sysinfo's %d, free %d available %d, buffers %d cached %d swap %d",
        labs(total - (long)(info.totalram * info.mem_unit / 1024)) < 2048, number_after("MemFree:") > 0,
        number_after("MemAvailable:") > 0, number_after("Buffers:") >= 0, number_after("Cached:") >= 0,
        number_after("SwapTotal:") >= 0);
    slurp("/proc/cpuinfo");
    say("cpuinfo: one block per CPU %d, flags %d, model name %d", lines_with("processor\t: ") == get_nprocs(),
        lines_with("flags\t\t: ") > 0, lines_with("model name\t: ") > 0);
    slurp("/proc/stat");
    say("stat: cpu %d, cpu0 %d, btime %d, processes %d, ctxt %d", lines_with("cpu  "), lines_with("cpu0 "),
        lines_with("btime "), lines_with("processes "), lines_with("ctxt "));
    slurp("/proc/loadavg");
    double one, five, fifteen;
    int running, all, last;
    say("loadavg fields %d",
        sscanf(text, "%lf %lf %lf %d/%d %d", &one, &five, &fifteen, &running, &all, &last));
    slurp("/proc/uptime");
    double up = 0, idle = 0;
    int fields = sscanf(text, "%lf %lf", &up, &idle);
    say("uptime fields %d, positive %d", fields, up > 0);
    slurp("/proc/version");
    say("version: %.14s", text);
    slurp("/proc/filesystems");
    say("filesystems: proc %d tmpfs %d", strstr(text, "\tproc\n") != NULL, strstr(text, "\ttmpfs\n") != NULL);
    slurp("/proc/mounts");
    say("mounts: root %d, proc %d", strstr(text, " / ") != NULL, strstr(text, " /proc proc ") != NULL);
    const char *numbers[] = { "/proc/sys/kernel/pid_max", "/proc/sys/kernel/ngroups_max",
        "/proc/sys/vm/overcommit_memory", "/proc/sys/fs/file-max", "/proc/sys/fs/nr_open",
        "/proc/sys/vm/max_map_count", "/proc/sys/kernel/threads-max", "/proc/sys/kernel/cap_last_cap",
        "/proc/sys/fs/pipe-max-size" };
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        slurp(numbers[i]);
        say("%s is a number %d", numbers[i], text[0] >= '0' && text[0] <= '9');
    }
    slurp("/proc/sys/kernel/ostype");
    say("ostype %s", text);
    slurp("/proc/sys/kernel/random/boot_id");
    say("boot_id length %zu", strlen(text));
    slurp("/proc/sys/kernel/random/uuid");
    char first[64];
    snprintf(first, sizeof first, "%.40s", text);
    slurp("/proc/sys/kernel/random/uuid");
    say("uuid length %zu, changes %d", strlen(text), strncmp(first, text, 36) != 0);
    slurp("/sys/devices/system/cpu/online");
    say("CPUs online: starts with 0 %d", text[0] == '0');
    return 0;
}
