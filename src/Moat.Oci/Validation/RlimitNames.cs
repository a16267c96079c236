// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Oci.Validation;

/// <summary>
/// Names of resource limits; the index is the number (include/uapi/asm-generic/resource.h).
/// </summary>
public static class RlimitNames
{
    private static readonly string[] s_names =
    [
        "RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS",
            "RLIMIT_NPROC",
        "RLIMIT_NOFILE", "RLIMIT_MEMLOCK", "RLIMIT_AS", "RLIMIT_LOCKS", "RLIMIT_SIGPENDING",
            "RLIMIT_MSGQUEUE",
        "RLIMIT_NICE", "RLIMIT_RTPRIO", "RLIMIT_RTTIME",
    ];

    /// <summary>How many there are.</summary>
    public static int Count => s_names.Length;

    /// <summary>The number, or -1.</summary>
    public static int Parse(string? name) => Array.IndexOf(s_names, name);

    /// <summary>The name of a number.</summary>
    public static string Format(int resource) => s_names[resource];
}
