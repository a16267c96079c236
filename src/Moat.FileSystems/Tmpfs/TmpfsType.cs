// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>tmpfs for mount(2).</summary>
public static class TmpfsType
{
    /// <summary>The type to register.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="descriptors">Where descriptors for large and mapped files come from.</param>
    /// <param name="totalMemory">The guest's memory in bytes: an instance without a size option gets half of
    /// it.</param>
    public static FileSystemType Create(VirtualFileSystem vfs, DescriptorBudget descriptors, long totalMemory)
    {
        var defaults = new TmpfsOptions { Descriptors = descriptors, SizeLimit = totalMemory / 2 };
        return new FileSystemType("tmpfs", NeedsDevice: false, (caller, source, data) =>
        {
            TmpfsOptions mine = defaults with { Uid = uint.MaxValue, Gid = uint.MaxValue };
            if (!TmpfsOptions.Parse(data, mine, totalMemory)
                .TryGet(out TmpfsOptions? options, out Errno error))
            {
                return error;
            }

            uint uid = options.Uid;
            uint gid = options.Gid;
            if (!caller.TryReadUid(ref uid) || !caller.TryReadGid(ref gid))
            {
                return Errno.EINVAL;
            }

            return new TmpfsFileSystem(vfs, options with
            {
                Uid = uid == uint.MaxValue ? caller.Credentials.FsUid : uid,
                Gid = gid == uint.MaxValue ? caller.Credentials.FsGid : gid,
            });
        }, static caller => caller.Credentials.Space);
    }
}
