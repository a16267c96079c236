// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.Oci.Validation;

/// <summary>Capability sets between names and masks.</summary>
public static class CapabilityNames
{
    private static readonly string[] s_names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL",
            "CAP_SETGID",
        "CAP_SETUID", "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
        "CAP_NET_ADMIN", "CAP_NET_RAW", "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO",
        "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT", "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE",
        "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD", "CAP_LEASE", "CAP_AUDIT_WRITE",
        "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
            "CAP_WAKE_ALARM",
        "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>All capabilities of this list.</summary>
    public static ulong All => (1UL << ((int)Capability.CheckpointRestore + 1)) - 1;

    /// <summary>The mask of a list; null when one is unknown, which is then named.</summary>
    public static ulong? Parse(IReadOnlyList<string>? names, out string unknown)
    {
        unknown = "";
        ulong mask = 0;
        foreach (string name in names ?? [])
        {
            int index = Array.FindIndex(s_names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (index < 0)
            {
                unknown = name;
                return null;
            }

            mask |= 1UL << index;
        }

        return mask;
    }

    /// <summary>The names of a mask's capabilities.</summary>
    public static IReadOnlyList<string> Format(ulong mask)
    {
        var names = new List<string>();
        for (int i = 0; i < s_names.Length; i++)
        {
            if ((mask & (1UL << i)) != 0)
            {
                names.Add(s_names[i]);
            }
        }

        return names;
    }
}
