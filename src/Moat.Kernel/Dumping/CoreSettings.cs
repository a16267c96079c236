// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;

namespace Moat.Kernel.Dumping;

/// <summary>Where core files go: /proc/sys/kernel/core_pattern and core_uses_pid (core(5)).</summary>
public sealed class CoreSettings
{
    private const int LongestPattern = 127;

    /// <summary>The pattern, as it was written.</summary>
    public string Pattern { get; private set; } = "core";

    /// <summary>True when ".PID" follows a name that has no %p.</summary>
    public bool UsesPid { get; set; }

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
