// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Kernel.Aio;
using Moat.Kernel.Ipc;
using Moat.Kernel.Keys;
using Moat.Kernel.Tasks;
using Moat.Kernel.Uts;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Notify;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/sys: the settings that programs read, with the values that this kernel has.</summary>
internal static class SysctlTree
{
    internal static StaticDirectory Build(ProcContext context)
    {
        FileSystem fs = context.FileSystem;
        return new StaticDirectory(fs)
            .Add("kernel", Kernel(context))
            .Add("vm", Values(fs,
                ("overcommit_memory", "0"), ("overcommit_ratio", "50"), ("overcommit_kbytes", "0"),
                ("max_map_count", "65530"), ("mmap_min_addr", "65536"), ("swappiness", "60"),
                ("nr_hugepages", "0"),
                ("page-cluster", "3"), ("legacy_va_layout", "0"), ("vfs_cache_pressure", "100"),
                ("dirty_ratio", "20"), ("dirty_background_ratio", "10"), ("drop_caches", "0"),
                ("panic_on_oom", "0"), ("min_free_kbytes", "67584"), ("dirty_bytes", "0"),
                ("dirty_background_bytes", "0"), ("dirty_expire_centisecs", "3000"),
                ("dirty_writeback_centisecs", "500"), ("nr_overcommit_hugepages", "0"),
                ("zone_reclaim_mode", "0"), ("user_reserve_kbytes", "131072"),
                ("admin_reserve_kbytes", "8192"),
                ("oom_kill_allocating_task", "0"), ("unprivileged_userfaultfd", "0")))
            .Add("fs", FileSettings(context))
            .Add("net", new StaticDirectory(fs)
                .Add("core", Values(fs,
                    ("somaxconn", "4096"), ("rmem_default", "212992"), ("rmem_max", "212992"),
                    ("wmem_default", "212992"), ("wmem_max", "212992"),
                    ("netdev_max_backlog", "1000"), ("optmem_max", "131072")))
                .Add("unix", Values(fs, ("max_dgram_qlen", "10"))))
            .Add("user", Values(fs, ("max_mnt_namespaces", "16384"),
                ("max_pid_namespaces", "16384"), ("max_uts_namespaces", "16384"),
                ("max_ipc_namespaces", "16384"), ("max_net_namespaces", "16384"),
                ("max_cgroup_namespaces", "16384"))
                .Add("max_user_namespaces", new UserLimitFile(fs)))
            .Add("debug", Values(fs, ("exception-trace", "1")))
            .Add("dev", new StaticDirectory(fs));
    }

    private static StaticDirectory Kernel(ProcContext context)
    {
        FileSystem fs = context.FileSystem;
        string random = context.Facts.BootId;
        StaticDirectory kernel = Values(fs,
            ("ostype", "Linux"), ("osrelease", Encoding.ASCII.GetString(KernelVersion.Release)),
            ("version", Encoding.ASCII.GetString(KernelVersion.Version)), ("arch", "x86_64"),
            ("pid_max", "32768"),
            ("threads-max", "32768"), ("cap_last_cap", "40"), ("ngroups_max", "65536"),
            ("randomize_va_space", "2"),
            ("overflowuid", "65534"), ("overflowgid", "65534"), ("msgmax", "8192"), ("msgmnb", "16384"),
            ("msgmni", "32000"), ("sem", "32000\t1024000000\t500\t32000"), ("shmmax", "18446744073692774399"),
            ("shmall", "18446744073692774399"), ("shmmni", "4096"),
            ("kptr_restrict", "1"), ("dmesg_restrict", "1"), ("perf_event_paranoid", "4"), ("tainted", "0"),
            ("sched_rr_timeslice_ms", "100"), ("sched_rt_period_us", "1000000"),
            ("sched_rt_runtime_us", "950000"),
            ("io_uring_disabled", "0"), ("unprivileged_bpf_disabled", "2"), ("printk", "4\t4\t1\t7"),
            ("modules_disabled", "1"), ("panic", "0"), ("panic_on_oops", "0"),
            ("sched_autogroup_enabled", "0"), ("core_pipe_limit", "0"),
            ("numa_balancing", "0"), ("shm_rmid_forced", "0"), ("sysrq", "0"),
            ("perf_event_mlock_kb", "516"), ("perf_event_max_sample_rate", "100000"));
        return kernel
            .Add("hostname", new SysctlFile(fs,
                (task, writer) => writer.Append(task.Uts.HostName).Append("\n"u8), SetHostName))
            .Add("domainname", new SysctlFile(fs,
                (task, writer) => writer.Append(task.Uts.DomainName).Append("\n"u8), SetDomainName))
            .Add("core_pattern", new SysctlFile(fs,
                (task, writer) => writer.Append(Encoding.UTF8.GetBytes(task.Kernel.Cores.Pattern + "\n")),
                (task, text) => task.Kernel.Cores.SetPattern(text)))
            .Add("core_uses_pid", Number(fs, 0, int.MaxValue, () => context.Kernel.Cores.UsesPid ? 1 : 0,
                value => context.Kernel.Cores.UsesPid = value != 0))
            .Add("random", Values(fs, ("boot_id", random), ("entropy_avail", "256"), ("poolsize", "256"))
                .Add("uuid", new TextFile(fs, (_, writer) => writer.Append($"{Guid.NewGuid():D}\n"))))
            .Add("ns_last_pid", new TextFile(fs, (_, writer) =>
                writer.Append($"{context.Show(context.Kernel.Tree.Count().LastId)}\n")))
            .Add("keys", KeySettings(fs, context.Kernel.Keys.Limits))
            .Add("pty", Values(fs, ("max", "4096"), ("nr", "0")))
            .Add("seccomp", Values(fs,
                ("actions_avail", "kill_process kill_thread trap errno user_notif trace log allow")));
    }

    private static StaticDirectory FileSettings(ProcContext context)
    {
        FileSystem fs = context.FileSystem;
        AioLimits aio = context.Kernel.AioLimits;
        return Values(fs,
            ("file-max", "9223372036854775807"), ("file-nr", "0\t0\t9223372036854775807"),
            ("nr_open", "1048576"),
            ("pipe-max-size", "1048576"), ("pipe-user-pages-soft", "16384"),
            ("protected_symlinks", "1"), ("protected_hardlinks", "1"), ("protected_fifos", "1"),
            ("protected_regular", "2"), ("suid_dumpable", "0"), ("overflowuid", "65534"),
            ("overflowgid", "65534"),
            ("mount-max", "100000"), ("dir-notify-enable", "0"), ("leases-enable", "1"),
            ("pipe-user-pages-hard", "0"))
            .Add("lease-break-time", Number(fs, int.MinValue, int.MaxValue, () => fs.Vfs.LeaseBreakTime,
                value => fs.Vfs.LeaseBreakTime = (int)value))
            .Add("aio-nr", new TextFile(fs, (_, writer) => writer.Append($"{aio.Used}\n")))
            .Add("aio-max-nr", Number(fs, 0, long.MaxValue, () => aio.Maximum,
                value => aio.Maximum = value))
            .Add("inotify", NotifySettings(fs, fs.Vfs.NotifyLimits))
            .Add("fanotify", Values(fs, ("max_queued_events", "16384"), ("max_user_groups", "128"),
                ("max_user_marks", "65536")))
            .Add("epoll", Values(fs, ("max_user_watches", "1048576")))
            .Add("mqueue", QueueSettings(fs, context.Kernel.Ipc.PosixQueues));
    }

    private static StaticDirectory QueueSettings(FileSystem fs, PosixQueueLimits limits)
    {
        const long Messages = PosixQueueLimits.HardMaximumMessages;
        const long Size = PosixQueueLimits.HardMessageSize;
        return new StaticDirectory(fs)
            .Add("msg_default", Number(fs, 1, Messages, () => limits.DefaultMessages,
                value => limits.DefaultMessages = value))
            .Add("msg_max", Number(fs, 1, Messages, () => limits.Messages, value => limits.Messages = value))
            .Add("msgsize_default", Number(fs, 128, Size, () => limits.DefaultSize,
                value => limits.DefaultSize = value))
            .Add("msgsize_max", Number(fs, 128, Size, () => limits.Size, value => limits.Size = value))
            .Add("queues_max", Number(fs, 0, int.MaxValue, () => limits.Queues,
                value => limits.Queues = value));
    }

    private static StaticDirectory KeySettings(FileSystem fs, KeyLimits limits) =>
        new StaticDirectory(fs)
            .Add("maxkeys", Number(fs, 0, int.MaxValue, () => limits.MaximumKeys,
                value => limits.MaximumKeys = (int)value))
            .Add("maxbytes", Number(fs, 0, int.MaxValue, () => limits.MaximumBytes,
                value => limits.MaximumBytes = (int)value))
            .Add("root_maxkeys", Number(fs, 0, int.MaxValue, () => limits.RootMaximumKeys,
                value => limits.RootMaximumKeys = (int)value))
            .Add("root_maxbytes", Number(fs, 0, int.MaxValue, () => limits.RootMaximumBytes,
                value => limits.RootMaximumBytes = (int)value))
            .Add("gc_delay", Number(fs, 0, int.MaxValue, () => limits.CollectionDelay,
                value => limits.CollectionDelay = (int)value));

    private static StaticDirectory NotifySettings(FileSystem fs, NotifyLimits limits) =>
        new StaticDirectory(fs)
            .Add("max_user_watches", Number(fs, 0, int.MaxValue, () => limits.MaximumWatches,
                value => limits.MaximumWatches = (int)value))
            .Add("max_user_instances", Number(fs, 0, int.MaxValue, () => limits.MaximumInstances,
                value => limits.MaximumInstances = (int)value))
            .Add("max_queued_events", Number(fs, 0, int.MaxValue, () => limits.MaximumEvents,
                value => limits.MaximumEvents = (int)value));

    private static SysctlFile Number(
        FileSystem fs, long smallest, long largest, Func<long> read, Action<long> write) =>
        new(fs, (_, writer) => writer.Append($"{read()}\n"), (_, text) =>
        {
            if (!long.TryParse(text, CultureInfo.InvariantCulture, out long value)
                || value < smallest || value > largest)
            {
                return Errno.EINVAL;
            }

            write(value);
            return Errno.Success;
        });

    private static StaticDirectory Values(FileSystem fs,
        params ReadOnlySpan<(string Name, string Value)> values)
    {
        var directory = new StaticDirectory(fs);
        foreach ((string name, string value) in values)
        {
            directory.Add(name, new TextFile(fs, value + "\n"));
        }

        return directory;
    }

    private static Errno SetHostName(Task task, string name)
    {
        if (!task.Credentials.Has(Capability.SysAdmin, task.Uts.Owner))
        {
            return Errno.EPERM;
        }

        task.Uts.SetHostName(Encoding.UTF8.GetBytes(name));
        return Errno.Success;
    }

    private static Errno SetDomainName(Task task, string name)
    {
        if (!task.Credentials.Has(Capability.SysAdmin, task.Uts.Owner))
        {
            return Errno.EPERM;
        }

        task.Uts.SetDomainName(Encoding.UTF8.GetBytes(name));
        return Errno.Success;
    }
}
