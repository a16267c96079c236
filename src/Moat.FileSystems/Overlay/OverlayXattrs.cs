// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// Extended attributes as the guest names them: its own user.overlay.X are kept as user.overlay.overlay.X, so
/// that they are never taken for the overlay's marks (as Linux does from 6.7 on).
/// </summary>
internal static class OverlayXattrs
{
    /// <summary>Room for any name that <see cref="TryEscape"/> makes.</summary>
    internal const int MaximumName = 255;

    private const int MaximumNames = 65536;

    private static ReadOnlySpan<byte> EscapedPrefix => "user.overlay.overlay."u8;

    /// <summary>The name in a layer; false when it would be too long.</summary>
    internal static bool TryEscape(ReadOnlySpan<byte> name, Span<byte> buffer, out ReadOnlySpan<byte> inLayer)
    {
        inLayer = name;
        if (!name.StartsWith(OverlayMarks.Prefix))
        {
            return true;
        }

        ReadOnlySpan<byte> rest = name[OverlayMarks.Prefix.Length..];
        if (EscapedPrefix.Length + rest.Length > MaximumName)
        {
            return false;
        }

        EscapedPrefix.CopyTo(buffer);
        rest.CopyTo(buffer[EscapedPrefix.Length..]);
        inLayer = buffer[..(EscapedPrefix.Length + rest.Length)];
        return true;
    }

    /// <summary>True for a mark: no attribute of the guest's.</summary>
    internal static bool IsMark(ReadOnlySpan<byte> inLayer) =>
        inLayer.StartsWith(OverlayMarks.Prefix) && !inLayer.StartsWith(EscapedPrefix);

    /// <summary>The names without the overlay's own, the guest's own as it gave them.</summary>
    internal static Result<int> List(Caller caller, Inode inode, Span<byte> names)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaximumNames);
        Result<int> all = inode.ListExtendedAttributes(caller, buffer);
        Result<int> length = all.IsOk ? Translate(buffer.AsSpan(0, all.Value), names) : all;
        ArrayPool<byte>.Shared.Return(buffer);
        return length;
    }

    private static Result<int> Translate(ReadOnlySpan<byte> all, Span<byte> names)
    {
        bool isQuery = names.IsEmpty;
        int length = 0;
        while (all.IndexOf((byte)0) is var end and >= 0)
        {
            ReadOnlySpan<byte> name = all[..(end + 1)];
            all = all[(end + 1)..];
            if (end == 0 || IsMark(name))
            {
                continue;
            }

            ReadOnlySpan<byte> prefix = default;
            if (name.StartsWith(EscapedPrefix))
            {
                prefix = OverlayMarks.Prefix;
                name = name[EscapedPrefix.Length..];
            }

            int size = prefix.Length + name.Length;
            if (!isQuery)
            {
                if (names.Length - length < size)
                {
                    return Errno.ERANGE;
                }

                prefix.CopyTo(names[length..]);
                name.CopyTo(names[(length + prefix.Length)..]);
            }

            length += size;
        }

        return length;
    }
}
