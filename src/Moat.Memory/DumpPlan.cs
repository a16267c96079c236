// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Mman;
using Moat.Base;

namespace Moat.Memory;

/// <summary>What a core file shows of an address space (vma_dump_size in fs/coredump.c).</summary>
public static class DumpPlan
{
    // Linux leaves the names out when they are more than so much (fs/binfmt_elf.c, MAX_FILE_NOTE_SIZE).
    private const int LargestNames = 4 << 20;
    private const string DeletedSuffix = " (deleted)";

    /// <summary>The mappings, lowest first.</summary>
    public static List<DumpRange> Make(AddressSpace space, DumpFilter filter)
    {
        Vma[] vmas;
        using (space.Lock.Enter())
        {
            vmas = space.SnapshotReferencedLocked();
        }

        var ranges = new List<DumpRange>(vmas.Length + 1);
        int room = LargestNames;
        foreach (Vma vma in vmas)
        {
            // Names are computed under locks of the objects' own: not under the space's.
            string? name = vma.Object?.Name;
            room -= name?.Length ?? 0;
            ranges.Add(new DumpRange(vma.Start, vma.End, vma.Protection, ContentOf(vma, name, filter),
                room >= 0 ? name : null, vma.Offset));
            vma.Object?.Release();
        }

        ReservedRange vdso = space.Vdso;
        ranges.Add(new DumpRange(vdso.Start, vdso.End, MemoryProtection.Read | MemoryProtection.Execute,
            DumpContent.Everything, null, 0));
        ranges.Sort(static (a, b) => a.Start.CompareTo(b.Start));
        return ranges;
    }

    private static DumpContent ContentOf(Vma vma, string? name, DumpFilter filter)
    {
        if ((vma.Flags & VmaFlags.DontDump) != 0 || (vma.Protection & MemoryProtection.Read) == 0)
        {
            return DumpContent.Nothing;
        }

        bool hasFile = vma.Object is not null;
        bool isLinked = hasFile && name is not null
            && !name.EndsWith(DeletedSuffix, StringComparison.Ordinal);
        DumpFilter kind = vma.IsShared
            ? isLinked ? DumpFilter.FileShared : DumpFilter.AnonymousShared
            : hasFile ? DumpFilter.FilePrivate : DumpFilter.AnonymousPrivate;
        bool hasOwnPages = !vma.IsShared
            && ((vma.Flags & VmaFlags.Accounted) != 0 || (vma.Protection & MemoryProtection.Write) != 0);
        if ((filter & kind) != 0 || (hasOwnPages && (filter & DumpFilter.AnonymousPrivate) != 0))
        {
            return DumpContent.Everything;
        }

        bool mayBeHeader = hasFile && !vma.IsShared && vma.Offset == 0
            && (vma.Protection & MemoryProtection.Read) != 0 && (filter & DumpFilter.ElfHeaders) != 0;
        return mayBeHeader ? DumpContent.ElfHeader : DumpContent.Nothing;
    }
}
