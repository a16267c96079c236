// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Moat.Abi.Resources;
using Moat.Kernel.Limits;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/limits.</summary>
internal static class LimitsText
{
    private static readonly (string Name, string Unit)[] s_rows =
    [
        ("Max cpu time", "seconds"), ("Max file size", "bytes"), ("Max data size", "bytes"),
        ("Max stack size", "bytes"),
        ("Max core file size", "bytes"), ("Max resident set", "bytes"), ("Max processes", "processes"),
        ("Max open files", "files"), ("Max locked memory", "bytes"), ("Max address space", "bytes"),
        ("Max file locks", "locks"), ("Max pending signals", "signals"), ("Max msgqueue size", "bytes"),
        ("Max nice priority", ""), ("Max realtime priority", ""), ("Max realtime timeout", "us"),
    ];

    internal static void Write(ResourceLimits limits, ContentWriter writer)
    {
        writer.Append("Limit                     Soft Limit           Hard Limit           Units     \n");
        for (int i = 0; i < s_rows.Length; i++)
        {
            ResourceLimit limit = limits.Get((Resource)i);
            writer.Append(s_rows[i].Name.PadRight(26)).Append(Value(limit.Soft)).Append(Value(limit.Hard));
            writer.Append(s_rows[i].Unit.PadRight(10)).Append("\n");
        }
    }

    private static string Value(ulong value) =>
        (value == ResourceLimit.Infinity
            ? "unlimited" : value.ToString(CultureInfo.InvariantCulture)).PadRight(21);
}
