// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>
/// /proc/PID/cmdline and environ: read from the process's own memory, as it may have changed them.
/// </summary>
internal static class ProcessMemoryText
{
    private const ulong MaximumLength = 2 << 20;

    internal static void CommandLine(Task task, ContentWriter writer)
    {
        if (ProcessFigures.Space(task) is not { } space)
        {
            return;
        }

        ProgramLayout program = space.Program;
        byte last = Copy(task, program.ArgumentsStart, program.ArgumentsEnd, writer);
        if (last != 0)
        {
            // The process has overwritten the end, and continued into the environment (setproctitle).
            CopyString(task, program.EnvironmentStart, program.EnvironmentEnd, writer);
        }
    }

    internal static void Environment(Task task, ContentWriter writer)
    {
        if (ProcessFigures.Space(task) is { } space)
        {
            ProgramLayout program = space.Program;
            Copy(task, program.EnvironmentStart, program.EnvironmentEnd, writer);
        }
    }

    // Returns the last byte copied.
    private static byte Copy(Task task, ulong start, ulong end, ContentWriter writer)
    {
        Span<byte> buffer = stackalloc byte[4096];
        byte last = 0;
        end = Math.Min(end, start + MaximumLength);
        while (start < end)
        {
            int want = (int)Math.Min(end - start, (ulong)buffer.Length);
            int got = task.Memory.ReadPartial(start, buffer[..want]);
            writer.Append(buffer[..got]);
            last = got > 0 ? buffer[got - 1] : last;
            if (got < want)
            {
                break;
            }

            start += (ulong)got;
        }

        return last;
    }

    private static void CopyString(Task task, ulong start, ulong end, ContentWriter writer)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int want = (int)Math.Min(end > start ? end - start : 0, (ulong)buffer.Length);
        ReadOnlySpan<byte> got = buffer[..task.Memory.ReadPartial(start, buffer[..want])];
        int end0 = got.IndexOf((byte)0);
        writer.Append(end0 >= 0 ? got[..end0] : got);
    }
}
