// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Namespaces;

namespace Moat.Vfs.Acls;

/// <summary>
/// An ACL as the value of an extended attribute: a version, then tag, permissions and id of each entry
/// (struct posix_acl_xattr_header), with ids as the caller's user namespace shows them.
/// </summary>
public static class AclFormat
{
    private const int HeaderSize = 4;
    private const int EntrySize = 8;
    private const uint Version = 2;

    /// <summary>Reads one; the entries may still make no ACL.</summary>
    /// <param name="space">Whose ids it names.</param>
    /// <param name="value">The attribute's value.</param>
    /// <returns>None for "no ACL"; EINVAL, EOPNOTSUPP for another version.</returns>
    public static Result<AclEntry[]> Read(UserNamespace space, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return Array.Empty<AclEntry>();
        }

        if (value.Length < HeaderSize)
        {
            return Errno.EINVAL;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(value) != Version)
        {
            return Errno.EOPNOTSUPP;
        }

        value = value[HeaderSize..];
        if (value.Length % EntrySize != 0)
        {
            return Errno.EINVAL;
        }

        var entries = new AclEntry[value.Length / EntrySize];
        for (int i = 0; i < entries.Length; i++, value = value[EntrySize..])
        {
            var tag = (AclTag)BinaryPrimitives.ReadUInt16LittleEndian(value);
            ushort permissions = BinaryPrimitives.ReadUInt16LittleEndian(value[2..]);
            uint id = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
            bool isKnown = tag switch
            {
                AclTag.UserObject or AclTag.GroupObject or AclTag.Mask or AclTag.Other => true,
                AclTag.User => TryRead(space.Uids, ref id),
                AclTag.Group => TryRead(space.Gids, ref id),
                _ => false,
            };
            if (!isKnown)
            {
                return Errno.EINVAL;
            }

            var entry = new AclEntry(tag, permissions, id);
            entries[i] = entry.IsNamed ? entry : entry with { Id = IdMap.Invalid };
        }

        return entries;
    }

    /// <summary>Writes one: its size; ERANGE when the buffer is shorter, unless it is empty.</summary>
    public static Result<int> Write(UserNamespace space, PosixAcl acl, Span<byte> value)
    {
        int size = HeaderSize + (acl.Entries.Length * EntrySize);
        if (value.Length < size)
        {
            return value.IsEmpty ? size : Errno.ERANGE;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(value, Version);
        value = value[HeaderSize..];
        foreach (AclEntry entry in acl.Entries)
        {
            uint id = entry.Tag == AclTag.User ? space.Uids.FromKernel(entry.Id)
                : entry.Tag == AclTag.Group ? space.Gids.FromKernel(entry.Id) : IdMap.Invalid;
            BinaryPrimitives.WriteUInt16LittleEndian(value, (ushort)entry.Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(value[2..], entry.Permissions);
            BinaryPrimitives.WriteUInt32LittleEndian(value[4..], id);
            value = value[EntrySize..];
        }

        return size;
    }
    private static bool TryRead(IdMap map, ref uint id)
    {
        id = map.ToKernel(id);
        return id != IdMap.Invalid;
    }
}
