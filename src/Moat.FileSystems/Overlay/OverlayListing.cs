// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>Merged directory listings.</summary>
internal static class OverlayListing
{
    private const byte UnknownEntry = 0;
    private const byte CharacterDeviceEntry = 2;
    private const byte RegularEntry = 8;
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

    private static Result<DirectoryListing> Merge(Caller caller, OverlayInode directory,
        DirectoryListing? top)
    {
        var merged = new DirectoryListing();
        var seen = new HashSet<byte[]>(NameComparer.Instance);
        bool fileWhiteouts = top is not null && directory.Overlay.IsUpperForeign
            && HasFileWhiteouts(caller, directory.Upper!);
        for (int i = 0; i < (top?.Count ?? 0); i++)
        {
            ReadOnlySpan<byte> name = top!.Name(i);
            if (directory.Lowers.Length > 0)
            {
                seen.Add(name.ToArray());
            }

            if (!IsHidden(caller, directory.Upper!, name, top.EntryType(i), fileWhiteouts))
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

            AddBelow(caller, directory, layer, below, seen, merged);
        }

        return merged;
    }

    private static void AddBelow(
        Caller caller, OverlayInode directory, int index, DirectoryListing below, HashSet<byte[]> seen,
        DirectoryListing merged)
    {
        Inode layer = directory.Lowers[index];
        bool moreBelow = index + 1 < directory.Lowers.Length;
        bool fileWhiteouts = directory.Overlay.HasLayers && HasFileWhiteouts(caller, layer);
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

            if (!IsHidden(caller, layer, name, below.EntryType(i), fileWhiteouts))
            {
                merged.Add(name, below.InodeNumber(i), below.EntryType(i));
            }
        }
    }

    private static bool HasFileWhiteouts(Caller caller, Inode directory) =>
        (OverlayMarks.Read(caller, directory) & OverlayMark.HasFileWhiteouts) != 0;

    private static bool IsHidden(
        Caller caller, Inode layer, ReadOnlySpan<byte> name, byte type, bool fileWhiteouts) =>
        (type is CharacterDeviceEntry or UnknownEntry || (fileWhiteouts && type == RegularEntry))
        && layer.Lookup(caller, name) is { IsOk: true } mark
        && OverlayMarks.IsWhiteout(caller, mark.Value, fileWhiteouts);
}
