// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Moat.Testing;
using Xunit;

namespace Moat.Abi.Tests;

/// <summary>Structures have the sizes and offsets of the real headers.</summary>
public class LayoutTests
{
    private static readonly Dictionary<string, string> s_types = new()
    {
        ["stat"] = "Stat.FileStatus",
        ["statx"] = "Stat.ExtendedStatus",
        ["statx_timestamp"] = "Stat.StatxTimestamp",
        ["statfs"] = "Statfs.FileSystemStatus",
        ["mount_attr"] = "Mounting.MountAttr",
        ["flock"] = "Fcntl.FileLock",
        ["winsize"] = "Tty.WindowSize",
        ["termios"] = "Tty.Termios",
        ["termios2"] = "Tty.Termios2",
        ["termio"] = "Tty.Termio",
        ["timex"] = "Time.ClockTuning",
        ["clone_args"] = "Sched.CloneArguments",
        ["timespec"] = "Timespec",
        ["timeval"] = "Time.Timeval",
        ["itimerval"] = "Time.IntervalTimeval",
        ["itimerspec"] = "Time.IntervalTimespec",
        ["tms"] = "Time.ProcessTimes",
        ["rusage"] = "Resources.ResourceUsage",
        ["sysinfo"] = "Utsname.SystemInformation",
        ["utsname"] = "Utsname.UtsName",
        ["sigaction"] = "Signals.SignalAction",
        ["sigaltstack"] = "Signals.SignalStack",
        ["siginfo"] = "Signals.SigInfo",
        ["rlimit"] = "Resources.ResourceLimit",
        ["iovec"] = "Uio.IoVector",
        ["pollfd"] = "Events.PollDescriptor",
        ["epoll_event"] = "Events.EpollEvent",
        ["io_uring_params"] = "Rings.RingParameters",
        ["io_uring_cqe"] = "Rings.CompletionEntry",
        ["iocb"] = "Aio.AioRequest",
        ["io_event"] = "Aio.AioEvent",
        ["fanotify_event_metadata"] = "Events.FanotifyMetadata",
        ["file_handle"] = "Fcntl.FileHandleHeader",
        ["inotify_event"] = "Events.InotifyEvent",
        ["timezone"] = "Time.Timezone",
        ["robust_list_head"] = "Futexes.RobustListHead",
        ["cap_header"] = "Capabilities.CapabilityHeader",
        ["cap_data"] = "Capabilities.CapabilityData",
        ["sock_filter"] = "Seccomp.BpfInstruction",
        ["sock_fprog"] = "Seccomp.BpfProgramHeader",
        ["seccomp_data"] = "Seccomp.SeccompData",
        ["seccomp_notif"] = "Seccomp.SeccompNotice",
        ["seccomp_notif_resp"] = "Seccomp.SeccompAnswer",
        ["seccomp_notif_addfd"] = "Seccomp.SeccompAddFd",
        ["user_regs"] = "Tracing.UserRegisters",
        ["if_nextdqblk"] = "Quotas.QuotaBlock",
        ["if_dqinfo"] = "Quotas.QuotaInformation",
        ["sched_attr"] = "Sched.SchedulingAttributes",
    };

    private static readonly Lazy<Dictionary<string, int[]>> s_headers = new(ReadHeaders);

    public static TheoryData<string> Structures() => [.. s_types.Keys];

    [Theory]
    [MemberData(nameof(Structures))]
    public void MatchesTheHeaders(string structure)
    {
        Type? type = typeof(Errno).Assembly.GetType("Moat.Abi." + s_types[structure]);
        Assert.True(type is not null, $"no Moat.Abi.{s_types[structure]}");
        int[] numbers = s_headers.Value[structure];
        Assert.Equal(numbers[0], SizeOf(type));
        HashSet<int> real = [.. numbers[1..]];
        var fields = new List<FieldInfo>(
            type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic));
        foreach (FieldInfo field in fields)
        {
            // Spare words at the end are one array in C; padding may have a name here and none there.
            int offset = OffsetOf(type, field);
            bool spare = field.Name.Contains("Unused", StringComparison.Ordinal)
                || field.Name.Contains("Spare", StringComparison.Ordinal)
                || field.Name.Contains("Padding", StringComparison.Ordinal)
                || field.Name.Contains("Load", StringComparison.Ordinal);
            Assert.True(spare || real.Contains(offset),
                $"{type.Name}.{field.Name} at {offset} is no field of struct {structure}");
            _ = type.IsExplicitLayout || real.Remove(offset);
        }

        bool whole = type.IsExplicitLayout || real.Count == 0;
        Assert.True(whole, $"{type.Name} has nothing at {string.Join(", ", real)} of struct {structure}");
    }

    private static Dictionary<string, int[]> ReadHeaders()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "tests/abi/layout.c"));
        string? output = CProgram.TryRun(source, out string errors);
        Assert.True(output is not null, errors);
        var rows = new Dictionary<string, int[]>();
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = line.Split(' ');
            rows[words[1]] =
                Array.ConvertAll(words[2..], word => int.Parse(word, CultureInfo.InvariantCulture));
        }

        return rows;
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    // Marshal.OffsetOf tells the marshalled layout; this asks for the real one.
    private static int OffsetOf(Type type, FieldInfo field)
    {
        var method = new DynamicMethod("Offset", typeof(int), [], type.Module, skipVisibility: true);
        ILGenerator code = method.GetILGenerator();
        LocalBuilder local = code.DeclareLocal(type);
        code.Emit(OpCodes.Ldloca, local);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Ldloca, local);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return (int)method.Invoke(null, null)!;
    }
}
