// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mounting;

namespace Moat.Syscalls.Paths;

/// <summary>MOUNT_ATTR_* as flags of mounts, and back.</summary>
internal static class AttributeFlags
{
    /// <summary>Those that are the same bits in both: what is not about access times.</summary>
    private const MountAttributes Same = MountAttributes.ReadOnly | MountAttributes.NoSetUid
        | MountAttributes.NoDevices | MountAttributes.NoExecute;

    /// <summary>All but access times.</summary>
    internal static MountFlags Of(MountAttributes attributes) => (MountFlags)(ulong)(attributes & Same)
        | ((attributes & MountAttributes.NoDirectoryAccessTime) != 0 ? MountFlags.NoDirectoryAccessTime : 0)
        | ((attributes & MountAttributes.NoSymlinkFollow) != 0 ? MountFlags.NoSymlinkFollow : 0);

    /// <summary>The access times: false for two at once.</summary>
    internal static bool TryTimes(MountAttributes attributes, out MountFlags flags)
    {
        MountAttributes times = attributes & MountAttributes.AccessTimes;
        flags = times switch
        {
            MountAttributes.None => MountFlags.RelativeAccessTime,
            MountAttributes.NoAccessTime => MountFlags.NoAccessTime,
            _ => MountFlags.None,
        };
        return flags != MountFlags.None || times == MountAttributes.StrictAccessTime;
    }

    /// <summary>What a mount's flags are among MOUNT_ATTR_*.</summary>
    internal static MountAttributes Show(MountFlags flags) => ((MountAttributes)(ulong)flags & Same)
        | ((flags & MountFlags.NoDirectoryAccessTime) != 0 ? MountAttributes.NoDirectoryAccessTime : 0)
        | ((flags & MountFlags.NoSymlinkFollow) != 0 ? MountAttributes.NoSymlinkFollow : 0)
        | ((flags & MountFlags.NoAccessTime) != 0 ? MountAttributes.NoAccessTime
            : (flags & MountFlags.RelativeAccessTime) != 0
                ? MountAttributes.None : MountAttributes.StrictAccessTime);
}
