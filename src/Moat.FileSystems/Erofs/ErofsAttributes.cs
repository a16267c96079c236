// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>Extended attributes: those right after the inode, and shared ones elsewhere.</summary>
internal static class ErofsAttributes
{
    /// <summary>Size of what all attributes of an inode begin with.</summary>
    internal const int HeaderSize = 12;

    private const int LongestName = 255;

    /// <summary>getxattr(2).</summary>
    internal static Result<int> Get(ErofsInode inode, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (inode.Record.AttributeBytes == 0)
        {
            return Errno.ENODATA;
        }

        Span<byte> full = stackalloc byte[LongestName];
        var walk = new ErofsAttributeWalk(inode);
        Result<int> result = Errno.ENODATA;
        while (walk.Next(out ErofsAttribute attribute, out Errno error))
        {
            int length = FullName(inode, attribute, full, out error);
            if (error != Errno.Success)
            {
                result = error;
                break;
            }

            if (length == 0 || !full[..length].SequenceEqual(name))
            {
                continue;
            }

            int size = attribute.ValueSize;
            result = size;
            if (!value.IsEmpty)
            {
                error = size > value.Length ? Errno.ERANGE
                    : inode.Erofs.Source.ReadExactly(value[..size], attribute.ValueStart);
                result = error == Errno.Success ? size : error;
            }

            break;
        }

        return walk.Error != Errno.Success ? walk.Error : result;
    }

    /// <summary>listxattr(2).</summary>
    internal static Result<int> List(ErofsInode inode, Span<byte> names)
    {
        if (inode.Record.AttributeBytes == 0)
        {
            return 0;
        }

        Span<byte> full = stackalloc byte[LongestName];
        var walk = new ErofsAttributeWalk(inode);
        int total = 0;
        while (walk.Next(out ErofsAttribute attribute, out _))
        {
            int length = FullName(inode, attribute, full, out Errno error);
            if (error != Errno.Success)
            {
                return error;
            }

            // ACLs are not read; what is not read is not shown either.
            if (length == 0 || full[..length].StartsWith("system."u8))
            {
                continue;
            }

            if (!names.IsEmpty)
            {
                if (names.Length - total <= length)
                {
                    return Errno.ERANGE;
                }

                full[..length].CopyTo(names[total..]);
                names[total + length] = 0;
            }

            total += length + 1;
        }

        return walk.Error != Errno.Success ? walk.Error : total;
    }

    /// <summary>The whole name: prefix, infix and what stands in the entry; 0 for none that a guest can
    /// see.</summary>
    private static int FullName(
        ErofsInode inode, in ErofsAttribute attribute, Span<byte> full, out Errno error)
    {
        error = Errno.Success;
        byte index = attribute.NameIndex;
        Span<byte> infix = stackalloc byte[LongestName];
        int infixLength = 0;
        if ((index & 0x80) != 0)
        {
            error = LongPrefix(inode.Erofs, index & 0x7f, out index, infix, out infixLength);
            if (error != Errno.Success)
            {
                return 0;
            }
        }

        ReadOnlySpan<byte> prefix = index switch
        {
            1 => "user."u8,
            2 => "system.posix_acl_access"u8,
            3 => "system.posix_acl_default"u8,
            4 => "trusted."u8,
            6 => "security."u8,
            _ => default,
        };
        int length = prefix.Length + infixLength + attribute.NameLength;
        if (prefix.IsEmpty || length > LongestName)
        {
            return 0;
        }

        prefix.CopyTo(full);
        infix[..infixLength].CopyTo(full[prefix.Length..]);
        Span<byte> rest = full.Slice(prefix.Length + infixLength, attribute.NameLength);
        error = inode.Erofs.Source.ReadExactly(rest, attribute.NameStart);
        return rest.Contains((byte)0) ? 0 : length;
    }

    private static Errno LongPrefix(
        ErofsFileSystem image, int number, out byte index, Span<byte> infix, out int length)
    {
        index = 0;
        length = 0;
        if (number >= image.Superblock.PrefixCount)
        {
            return Errno.EUCLEAN;
        }

        // At most 127 steps to the entry: each is a length and that many bytes, from a multiple of four on.
        long at = image.Superblock.PrefixStart;
        Span<byte> head = stackalloc byte[3];
        for (int i = 0; ; i++)
        {
            Errno error = image.Source.ReadExactly(head, at);
            if (error != Errno.Success)
            {
                return error;
            }

            int size = BinaryPrimitives.ReadUInt16LittleEndian(head);
            if (i < number)
            {
                at = (at + 2 + size + 3) & ~3L;
                continue;
            }

            length = size - 1;
            index = head[2];
            return size is < 1 or > LongestName ? Errno.EUCLEAN
                : image.Source.ReadExactly(infix[..length], at + 3);
        }
    }
}
