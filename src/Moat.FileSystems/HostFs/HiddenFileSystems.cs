// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// Host file systems that a guest never sees, wherever they are mounted: windows into the host kernel.
/// </summary>
internal static class HiddenFileSystems
{
    /// <summary>True when what a directory has under a name lies on one of them.</summary>
    internal static Result<bool> IsHidden(int directoryFd, ReadOnlySpan<byte> name)
    {
        const OpenFlags AnyPath = OpenFlags.Path | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        Result<int> fd = HostAttributes.OpenStep(directoryFd, name, AnyPath);
        if (!fd.IsOk)
        {
            return fd.Error;
        }

        bool hidden = IsHidden(fd.Value);
        HostFile.Close(fd.Value);
        return hidden;
    }

    /// <summary>
    /// True when the object behind the descriptor lies on one of them (or when the host does not say).
    /// </summary>
    internal static bool IsHidden(int fd)
    {
        Span<ulong> words = stackalloc ulong[15];
        return HostFile.StatFs(fd, words) != Errno.Success || IsHiddenMagic(words[0]);
    }

    /// <summary>The f_type values of statfs(2).</summary>
    private static bool IsHiddenMagic(ulong magic) => (uint)magic switch
    {
        0x9fa0 => true, // proc
        0x62656572 => true, // sysfs
        0x27e0eb => true, // cgroup
        0x63677270 => true, // cgroup2
        0x64626720 => true, // debugfs
        0x74726163 => true, // tracefs
        0x73636673 => true, // securityfs
        0xcafe4a11 => true, // bpf
        0x1cd1 => true, // devpts
        0x19800202 => true, // mqueue
        0x62656570 => true, // configfs
        0x6165676c => true, // pstore
        0xde5e81e4 => true, // efivarfs
        0x6e736673 => true, // nsfs
        0x42494e4d => true, // binfmt_misc
        0xf97cff8c => true, // selinuxfs
        0x65735543 => true, // fusectl
        0x6c6f6f70 => true, // binderfs
        _ => false,
    };
}
