// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host.Launching;

/// <summary>Who the calling process is.</summary>
public static class HostIdentity
{
    /// <summary>Effective user and group.</summary>
    [HostCall("geteuid", Why = "the caller's identity", Stage = HostCallStage.Starting)]
    [HostCall("getegid", Why = "the caller's identity", Stage = HostCallStage.Starting)]
    public static (uint Uid, uint Gid) Current() =>
        ((uint)HostCall.Invoke(SyscallNumber.geteuid).Raw, (uint)HostCall.Invoke(SyscallNumber.getegid).Raw);

    /// <summary>The file mode creation mask; reading it means setting it twice.</summary>
    [HostCall("umask", Why = "the caller's umask", Stage = HostCallStage.Starting)]
    public static uint Umask()
    {
        uint mask = (uint)HostCall.Invoke(SyscallNumber.umask, 0x3f).Raw;
        _ = HostCall.Invoke(SyscallNumber.umask, mask);
        return mask;
    }

    /// <summary>
    /// Lets files get exactly the permissions that are asked for: the guest's own umask has been applied.
    /// </summary>
    [HostCall("umask", Why = "permissions of files on writable volumes", Stage = HostCallStage.Starting)]
    public static void ClearUmask() => _ = HostCall.Invoke(SyscallNumber.umask, 0);

    /// <summary>Supplementary groups.</summary>
    [HostCall("getgroups", Why = "the caller's identity", Stage = HostCallStage.Starting)]
    public static unsafe uint[] Groups()
    {
        const int most = 65536;
        var groups = new uint[most];
        fixed (uint* p = groups)
        {
            long count = HostCall.Invoke(SyscallNumber.getgroups, most, (ulong)p).Raw;
            return groups[..(int)System.Math.Max(count, 0)];
        }
    }
}
