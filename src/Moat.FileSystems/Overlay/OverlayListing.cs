// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Merged directory listings and attribute lists.</summary>
internal static class OverlayListing
{
    private const byte CharacterDeviceEntry = 2;
    private const int MaximumNames = 65536;
    private const int MaximumKept = 2048;

    internal static Result<DirectoryListing> List(Caller caller, OverlayInode directory)
    {
        if (directory.Upper is not { } upper)
        {
            return directory.Lowers.Length == 1
                ? directory.Lowers[0].List(caller) : Merge(caller, directory, null);
        }

        Result<DirectoryListing> top = upper.List(caller);
        if (!top.IsOk || directory.Lowers.Length > 1)
        {
            return top.IsOk ? Merge(caller, directory, top.Value) : top;
        }

        Result<DirectoryListing> below = directory.Lowers.Length == 0
            ? top : directory.Lowers[0].List(caller);
        if (!below.IsOk)
        {
            return below;
        }

        // Listings are never changed: the same two make the same one.
        if (directory.LastMerge is { } last && last.Top == top.Value && last.Below == below.Value)
        {
            return last.Merged;
        }

        Result<DirectoryListing> merged = Merge(caller, directory, top.Value);
        if (merged.IsOk && merged.Value.Count <= MaximumKept)
        {
            directory.LastMerge = new OverlayMerge(top.Value, below.Value, merged.Value);
        }

        return merged;
    }

    /// <summary>The names of extended attributes without the overlay's own.</summary>
    internal static Result<int> ListAttributes(Caller caller, Inode inode, Span<byte> names)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaximumNames);
        Result<int> all = inode.ListExtendedAttributes(caller, buffer);
        int length = 0;
        Errno error = all.Error;
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, all.IsOk ? all.Value : 0);
        while (error == Errno.Success && !rest.IsEmpty)
        {
            ReadOnlySpan<byte> name = rest[..(rest.IndexOf((byte)0) + 1)];
            rest = rest[name.Length..];
            if (name.IsEmpty || name.StartsWith(OverlayMarks.Prefix))
            {
                continue;
            }

            if (!names.IsEmpty && !name.TryCopyTo(names[length..]))
            {
                error = Errno.ERANGE;
            }

            length += name.Length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error == Errno.Success ? length : error;
    }

    private static Result<DirectoryListing> Merge(Caller caller, OverlayInode directory,
        DirectoryListing? top)
    {
        var merged = new DirectoryListing();
        var seen = new HashSet<byte[]>(NameComparer.Instance);
        for (int i = 0; i < (top?.Count ?? 0); i++)
        {
            ReadOnlySpan<byte> name = top!.Name(i);
            if (directory.Lowers.Length > 0)
            {
                seen.Add(name.ToArray());
            }

            bool hidden = top.EntryType(i) == CharacterDeviceEntry
                && directory.Upper!.Lookup(caller, name) is { IsOk: true } mark
                && OverlayMarks.IsWhiteout(mark.Value);
            if (!hidden)
            {
                merged.Add(name, directory.Overlay.NumberOfUpper(top.InodeNumber(i)), top.EntryType(i));
            }
        }

        for (int layer = 0; layer < directory.Lowers.Length; layer++)
        {
            if (!directory.Lowers[layer].List(caller).TryGet(out DirectoryListing? below, out Errno error))
            {
                return error;
            }

            AddBelow(caller, directory.Lowers[layer], below, layer + 1 < directory.Lowers.Length, seen,
                merged);
        }

        return merged;
    }

    private static void AddBelow(
        Caller caller, Inode layer, DirectoryListing below, bool moreBelow, HashSet<byte[]> seen,
        DirectoryListing merged)
    {
        HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> lookup =
            seen.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (int i = 0; i < below.Count; i++)
        {
            ReadOnlySpan<byte> name = below.Name(i);
            bool isNew = moreBelow ? lookup.Add(name) : !lookup.Contains(name);
            if (!isNew)
            {
                continue;
            }

            bool hidden = below.EntryType(i) == CharacterDeviceEntry
                && layer.Lookup(caller, name) is { IsOk: true } mark && OverlayMarks.IsWhiteout(mark.Value);
            if (!hidden)
            {
                merged.Add(name, below.InodeNumber(i), below.EntryType(i));
            }
        }
    }
}
