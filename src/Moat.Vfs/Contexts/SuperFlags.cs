// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;

namespace Moat.Vfs.Contexts;

/// <summary>Flags of a file system as a whole (SB_*), as options and /proc/mounts have them.</summary>
public static class SuperFlags
{
    /// <summary>All that there are.</summary>
    public const MountFlags All = MountFlags.ReadOnly | MountFlags.Synchronous | MountFlags.MandatoryLock
        | MountFlags.DirectorySync | MountFlags.LazyTime;

    /// <summary>Those that mount(2) sets or clears in a remount (MS_RMT_MASK).</summary>
    public const MountFlags OfRemount = All & ~MountFlags.DirectorySync;

    /// <summary>The flag that an option sets or clears.</summary>
    public static bool TryFind(string name, out MountFlags flag, out bool isSet)
    {
        (flag, isSet) = name switch
        {
            "ro" => (MountFlags.ReadOnly, true),
            "rw" => (MountFlags.ReadOnly, false),
            "sync" => (MountFlags.Synchronous, true),
            "async" => (MountFlags.Synchronous, false),
            "mand" => (MountFlags.MandatoryLock, true),
            "nomand" => (MountFlags.MandatoryLock, false),
            "lazytime" => (MountFlags.LazyTime, true),
            "nolazytime" => (MountFlags.LazyTime, false),
            "dirsync" => (MountFlags.DirectorySync, true),
            _ => (MountFlags.None, false),
        };
        return flag != MountFlags.None;
    }

    /// <summary>What follows rw or ro: ",sync,lazytime".</summary>
    public static string Show(MountFlags flags)
    {
        var text = new StringBuilder();
        text.Append((flags & MountFlags.Synchronous) != 0 ? ",sync" : "");
        text.Append((flags & MountFlags.DirectorySync) != 0 ? ",dirsync" : "");
        text.Append((flags & MountFlags.MandatoryLock) != 0 ? ",mand" : "");
        text.Append((flags & MountFlags.LazyTime) != 0 ? ",lazytime" : "");
        return text.ToString();
    }
}
