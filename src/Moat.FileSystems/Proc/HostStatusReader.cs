// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Text;
using Moat.Abi;
using Moat.Host.Files;
using Moat.Kernel.Time;

namespace Moat.FileSystems.Proc;

/// <summary>Reads figures of a process from the host's procfs, without allocation.</summary>
internal static class HostStatusReader
{
    // /proc/PID/stat: fields after the name, from the state on.
    private const int MinorFaultsField = 7;
    private const int MajorFaultsField = 9;

    internal static MemoryFigures Read(int procDirectory, int pid)
    {
        Span<byte> buffer = stackalloc byte[1536];
        ReadOnlySpan<byte> stat = ReadFile(procDirectory, pid, "/stat"u8, buffer);
        long minor = Field(stat, MinorFaultsField);
        long major = Field(stat, MajorFaultsField);
        ReadOnlySpan<byte> status = ReadFile(procDirectory, pid, "/status"u8, buffer);
        return new MemoryFigures(Line(status, "VmHWM:"u8), minor, major, 0);
    }

    /// <summary>Bytes of anonymous memory that are resident; its share only of what several have.</summary>
    internal static long ReadAnonymous(int procDirectory, int pid, bool share)
    {
        Span<byte> buffer = stackalloc byte[1536];
        if (share)
        {
            ReadOnlySpan<byte> rollup = ReadFile(procDirectory, pid, "/smaps_rollup"u8, buffer);
            if (!rollup.IsEmpty)
            {
                return 1024 * Line(rollup, "Pss_Anon:"u8);
            }
        }

        return 1024 * Line(ReadFile(procDirectory, pid, "/status"u8, buffer), "RssAnon:"u8);
    }

    /// <summary>Bytes that a process has resident, by kind.</summary>
    internal static ResidentMemory ReadResident(int procDirectory, int pid)
    {
        Span<byte> buffer = stackalloc byte[1536];
        ReadOnlySpan<byte> status = ReadFile(procDirectory, pid, "/status"u8, buffer);
        return new(1024 * Line(status, "RssAnon:"u8), 1024 * Line(status, "RssFile:"u8),
            1024 * Line(status, "RssShmem:"u8));
    }

    private static long Line(ReadOnlySpan<byte> text, ReadOnlySpan<byte> key)
    {
        int at = text.IndexOf(key);
        return at < 0 ? 0 : Number(text[(at + key.Length)..].TrimStart(" \t"u8));
    }

    /// <summary>The beginning of a file of a process; empty when it cannot be read.</summary>
    internal static ReadOnlySpan<byte> ReadFile(
        int procDirectory, int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[32];
        if (procDirectory < 0 || pid <= 0 || !pid.TryFormat(path, out int length))
        {
            return default;
        }

        name.CopyTo(path[length..]);
        if (!HostPath.Open(procDirectory, path[..(length + name.Length)], OpenFlags.CloseOnExec)
            .TryGet(out int fd, out _))
        {
            return default;
        }

        int count = HostFile.Read(fd, buffer).TryGet(out int got, out _) ? got : 0;
        HostFile.Close(fd);
        return buffer[..count];
    }

    // The name may hold anything, but nothing after it holds a parenthesis.
    private static long Field(ReadOnlySpan<byte> stat, int index)
    {
        ReadOnlySpan<byte> rest = stat[(stat.LastIndexOf((byte)')') + 1)..].TrimStart((byte)' ');
        for (int i = 0; i < index && !rest.IsEmpty; i++)
        {
            int space = rest.IndexOf((byte)' ');
            rest = space < 0 ? default : rest[(space + 1)..];
        }

        return Number(rest);
    }

    private static long Number(ReadOnlySpan<byte> text) =>
        Utf8Parser.TryParse(text, out long value, out _) ? value : 0;
}
