// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/timens_offsets: of the time namespace that the process's children are in.</summary>
internal sealed class TimeOffsetsFile(ProcContext context, Task task)
    : GeneratedFile(context.FileSystem, 0x1a4)
{
    private const int MostClocks = 2;
    private const int MostBytes = 4095;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public override bool IsCacheable => false;

    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    public override Errno Generate(Caller caller, ContentWriter writer)
    {
        TimeNamespace time = task.Namespaces.TimeForChildren;
        Line("monotonic", time.Offset(ClockId.Monotonic));
        Line("boottime", time.Offset(ClockId.BootTime));
        return Errno.Success;

        void Line(string name, long ns)
        {
            (long seconds, long rest) = Math.DivRem(ns, NanosecondsPerSecond);
            seconds -= rest < 0 ? 1 : 0;
            rest += rest < 0 ? NanosecondsPerSecond : 0;
            writer.Append(name.PadRight(10)).Append($" {seconds,10} {rest,9}\n");
        }
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> content)
    {
        if (content.Length > MostBytes)
        {
            return Errno.EINVAL;
        }

        var wanted = new List<(ClockId Clock, long Seconds, long Nanoseconds)>();
        string[] lines = Encoding.Latin1.GetString(content).Split('\n');
        foreach (string line in lines.AsSpan(0, lines.Length > 1 && lines[^1].Length == 0
            ? lines.Length - 1 : lines.Length))
        {
            if (wanted.Count == MostClocks)
            {
                break;
            }

            if (!TryParse(line, out (ClockId, long, long) offset))
            {
                return Errno.EINVAL;
            }

            wanted.Add(offset);
        }

        TimeNamespace time = task.Namespaces.TimeForChildren;
        if (!caller.Credentials.Has(Capability.SysTime, time.Owner))
        {
            return Errno.EPERM;
        }

        Errno error = Errno.Success;
        foreach ((_, long seconds, long nanoseconds) in wanted)
        {
            error = error == Errno.Success ? TimeNamespace.CheckOffset(seconds, nanoseconds) : error;
        }

        foreach ((ClockId clock, long seconds, long nanoseconds) in wanted)
        {
            error = error == Errno.Success ? time.SetOffset(clock, seconds, nanoseconds) : error;
        }

        return error == Errno.Success ? content.Length : error;
    }

    private static bool TryParse(string line, out (ClockId Clock, long Seconds, long Nanoseconds) offset)
    {
        offset = default;
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 3
            || !long.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out offset.Seconds)
            || !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture,
                out offset.Nanoseconds)
            || offset.Nanoseconds >= NanosecondsPerSecond)
        {
            return false;
        }

        offset.Clock = words[0] is "monotonic" or "1" ? ClockId.Monotonic : ClockId.BootTime;
        return words[0] is "monotonic" or "1" or "boottime" or "7";
    }
}
