// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>Reads symbolic links of the host.</summary>
internal static class HostSymlink
{
    internal static Result<byte[]> Read(HostInode inode)
    {
        if (!inode.IsSymlink)
        {
            return Errno.EINVAL;
        }

        if (inode.KnownTarget is { } known)
        {
            return known;
        }

        if (inode.Place is not { } place)
        {
            return Errno.ENOENT;
        }

        if (!place.Parent.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        Span<byte> buffer = stackalloc byte[4096];
        Result<int> length = HostPath.ReadLink(handle.Fd, place.Name, buffer);
        handle.Release();
        if (!length.IsOk)
        {
            return length.Error;
        }

        byte[] target = buffer[..length.Value].ToArray();
        if (inode.Options.IsExclusive)
        {
            inode.KnownTarget = target;
        }

        return target;
    }
}
