// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Acls;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>Extended attributes and ACLs as records of an entry (SCHILY.xattr, as GNU tar writes).</summary>
internal static class ExportedAttributes
{
    private const int MaximumBytes = 65536;

    /// <summary>Adds all of an inode's; false when there was not room for all.</summary>
    internal static bool Add(Caller caller, Inode inode, PaxRecords records)
    {
        byte[] names = ArrayPool<byte>.Shared.Rent(MaximumBytes);
        byte[] value = ArrayPool<byte>.Shared.Rent(MaximumBytes);
        Result<int> length = OverlayXattrs.List(caller, inode, names);
        ReadOnlySpan<byte> rest = names.AsSpan(0, length.IsOk ? length.Value : 0);
        bool fits = true;
        while (rest.IndexOf((byte)0) is var end and > 0)
        {
            ReadOnlySpan<byte> name = rest[..end];
            rest = rest[(end + 1)..];
            Result<int> size = Get(caller, inode, name, value);
            fits &= !size.IsOk || records.TryAdd(Key(name), value.AsSpan(0, size.Value), isText: false);
        }

        ArrayPool<byte>.Shared.Return(names);
        ArrayPool<byte>.Shared.Return(value);
        return fits;
    }

    private static Result<int> Get(Caller caller, Inode inode, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (AclOperations.IsAcl(name, out bool isDefault))
        {
            return AclOperations.Get(caller, inode, isDefault, value);
        }

        Span<byte> buffer = stackalloc byte[OverlayXattrs.MaximumName];
        return OverlayXattrs.TryEscape(name, buffer, out ReadOnlySpan<byte> inLayer)
            ? inode.GetExtendedAttribute(caller, inLayer, value) : Errno.ENODATA;
    }

    // A key ends at the first '=', so one in a name is written as tar writes it.
    private static byte[] Key(ReadOnlySpan<byte> name)
    {
        var key = new ArrayBufferWriter<byte>(name.Length + 32);
        key.Write("SCHILY.xattr."u8);
        foreach (byte letter in name)
        {
            if (letter == '%')
            {
                key.Write("%25"u8);
            }
            else if (letter == '=')
            {
                key.Write("%3D"u8);
            }
            else
            {
                key.Write([letter]);
            }
        }

        return key.WrittenSpan.ToArray();
    }
}
