// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Launching;

/// <summary>Mount calls with which the kernel process leaves the host's file system tree.</summary>
public static class HostMount
{
    public const ulong Private = 0x44000;
    public const ulong ReadOnly = 1;
    public const ulong NoSetUid = 2;
    public const ulong NoDevices = 4;
    public const ulong NoExecute = 8;
    public const ulong Remount = 32;
    public const ulong Bind = 4096;

    /// <summary>mount(2).</summary>
    [HostCall("mount", Why = "an empty root of its own", Stage = HostCallStage.Starting)]
    public static Errno Mount(string source, string target, string type, ulong flags, string data = "")
    {
        using var s = new NativeString(source);
        using var t = new NativeString(target);
        using var k = new NativeString(type);
        using var d = new NativeString(data);
        return HostCall.Invoke(SyscallNumber.mount, s.Address, t.Address, k.Address, flags, d.Address).Error;
    }

    /// <summary>umount2(2), detached (MNT_DETACH).</summary>
    [HostCall("umount2", Why = "letting go of the host's tree", Stage = HostCallStage.Starting)]
    public static Errno Detach(string target)
    {
        using var t = new NativeString(target);
        return HostCall.Invoke(SyscallNumber.umount2, t.Address, 2).Error;
    }

    /// <summary>
    /// pivot_root(".", "."): the current directory becomes the root, the old root lies over it.
    /// </summary>
    [HostCall("pivot_root", Why = "an empty root of its own", Stage = HostCallStage.Starting)]
    public static Errno PivotToCurrentDirectory()
    {
        using var dot = new NativeString(".");
        return HostCall.Invoke(SyscallNumber.pivot_root, dot.Address, dot.Address).Error;
    }

    /// <summary>chdir(2).</summary>
    [HostCall("chdir", Why = "an empty root of its own", Stage = HostCallStage.Starting)]
    public static Errno ChangeDirectory(string path)
    {
        using var p = new NativeString(path);
        return HostCall.Invoke(SyscallNumber.chdir, p.Address).Error;
    }
}
