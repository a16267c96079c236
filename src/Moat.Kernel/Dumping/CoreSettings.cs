// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using System.Threading;
using Moat.Abi;

namespace Moat.Kernel.Dumping;

/// <summary>Where core files go: /proc/sys/kernel/core_pattern and core_uses_pid (core(5)).</summary>
public sealed class CoreSettings
{
    private const int LongestPattern = 127;

    // Each holds megabytes for a moment, and reads for as long as its process's memory is large.
    private const int MostAtOnce = 4;
    private int _running;

    /// <summary>The pattern, as it was written.</summary>
    public string Pattern { get; private set; } = "core";

    /// <summary>True when ".PID" follows a name that has no %p.</summary>
    public bool UsesPid { get; set; }

    /// <summary>A core file is to be written; false while too many are.</summary>
    internal bool TryBegin()
    {
        if (Interlocked.Increment(ref _running) <= MostAtOnce)
        {
            return true;
        }

        End();
        return false;
    }

    /// <summary>It has been written.</summary>
    internal void End() => Interlocked.Decrement(ref _running);

    /// <summary>
    /// Sets the pattern; EINVAL for a program to pipe to, which would run outside of all limits.
    /// </summary>
    public Errno SetPattern(string pattern)
    {
        if (pattern.StartsWith('|') || pattern.StartsWith('@'))
        {
            return Errno.EINVAL;
        }

        ReadOnlySpan<byte> bytes = Encoding.UTF8.GetBytes(pattern);
        Pattern = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LongestPattern)]);
        return Errno.Success;
    }
}
