// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Acls;

namespace Moat.FileSystems.Tmpfs;

/// <summary>The extended attributes of one inode, charged to its file system as Linux charges them.</summary>
/// <remarks>Locks: all of it belongs to the inode's lock.</remarks>
internal sealed class TmpfsXattrs(TmpfsSpace space)
{
    private const int CreateOnly = 1;
    private const int ReplaceOnly = 2;

    // struct simple_xattr.
    private const long Overhead = 40;
    private const int AclEntryBytes = 8;

    private readonly Dictionary<byte[], byte[]> _values = new(NameComparer.Instance);

    /// <summary>What they are charged with.</summary>
    internal long Bytes { get; private set; }

    /// <summary>What ACLs take of the kernel's memory.</summary>
    internal static long BytesOf(AclPair? acls) =>
        acls is null ? 0 : BytesOf(acls.Access) + BytesOf(acls.Default);

    internal Result<int> Get(ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (!_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out byte[]? content))
        {
            return Errno.ENODATA;
        }

        if (value.Length < content.Length)
        {
            return value.IsEmpty ? content.Length : Errno.ERANGE;
        }

        content.CopyTo(value);
        return content.Length;
    }

    internal Errno Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        bool present = _values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out byte[]? old);
        if (present ? (flags & CreateOnly) != 0 : (flags & ReplaceOnly) != 0)
        {
            return present ? Errno.EEXIST : Errno.ENODATA;
        }

        // First the new one, then without the old one, as Linux does.
        long bytes = Overhead + name.Length + value.Length;
        if (!space.TryTakeSpace(bytes))
        {
            return Errno.ENOSPC;
        }

        long freed = present ? Overhead + name.Length + old!.Length : 0;
        space.GiveSpace(freed);
        Bytes += bytes - freed;
        _values[name.ToArray()] = value.ToArray();
        return Errno.Success;
    }

    /// <summary>Adds their names to those that are listed already; how many bytes all take.</summary>
    internal Result<int> List(Span<byte> names, int length)
    {
        foreach (byte[] name in _values.Keys)
        {
            if (!names.IsEmpty)
            {
                if (names.Length - length <= name.Length)
                {
                    return Errno.ERANGE;
                }

                name.CopyTo(names[length..]);
                names[length + name.Length] = 0;
            }

            length += name.Length + 1;
        }

        return length;
    }

    internal Errno Remove(ReadOnlySpan<byte> name)
    {
        if (!_values.GetAlternateLookup<ReadOnlySpan<byte>>()
            .Remove(name, out byte[]? key, out byte[]? old))
        {
            return Errno.ENODATA;
        }

        long freed = Overhead + key.Length + old.Length;
        space.GiveSpace(freed);
        Bytes -= freed;
        return Errno.Success;
    }

    private static long BytesOf(PosixAcl? acl) =>
        acl is null ? 0 : Overhead + (acl.Entries.Length * AclEntryBytes);
}
