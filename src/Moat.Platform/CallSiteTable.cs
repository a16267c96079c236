// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The patched call sites of a process and of those forked from it since: table, trampolines, and what faults
/// at a site mean.
/// </summary>
/// <remarks>
/// Locks: a leaf lock guards the books; it is shared by processes that must not wait for each other, so
/// nothing
/// is done under it. Invariants: guests can read and run the memory, never write it: it is sealed against
/// writable
/// mappings. An entry never changes once a site jumps through it.
/// </remarks>
internal sealed class CallSiteTable : RefCounted
{
    /// <summary>The table comes first in the shared memory, then the trampolines.</summary>
    internal const int TableBytes = StubLayout.TableEntries * 8;
    internal const int TrampolineBytes = StubLayout.TableEntries * StubLayout.TrampolineSize;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly SharedMemory _memory;
    private readonly ulong _fastEntry;
    private readonly Dictionary<ulong, int> _indexes = [];
    private readonly Dictionary<ulong, CallSite> _faults = [];
    private readonly Dictionary<ulong, CallSite> _caves = [];
    private readonly Dictionary<int, CallSite> _byIndex = [];
    private readonly SiteEntries _free = new();

    private CallSiteTable(SharedMemory memory, ulong fastEntry)
    {
        _memory = memory;
        _fastEntry = fastEntry;
    }

    /// <summary>The memfd to map.</summary>
    internal int Fd => _memory.Fd;

    internal static Result<CallSiteTable> Create(ulong fastEntry)
    {
        if (!SharedMemory.CreateReadOnlyForOthers("moat-sites", TableBytes + TrampolineBytes)
            .TryGet(out SharedMemory? memory, out Abi.Errno error))
        {
            return error;
        }

        return new CallSiteTable(memory, fastEntry);
    }

    /// <summary>The entry of a site, new or old; -1 when there is no more room.</summary>
    internal int Entry(in CallSite site)
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (_indexes.TryGetValue(site.Start, out int known))
        {
            return _byIndex[known] == site ? known : -1;
        }

        // What an address means is settled once for the family: other text there stays as it is.
        int index = IsTaken(site) ? -1 : _free.Take(site.Shape);
        if (index < 0)
        {
            return -1;
        }

        int at = TableBytes + (index * StubLayout.TrampolineSize);
        Trampolines.Write(_memory.Span.Slice(at, StubLayout.TrampolineSize), site, index, _fastEntry);
        BitConverter.TryWriteBytes(_memory.Span[(index * 8)..], Trampolines.Address(index));
        _indexes[site.Start] = index;
        _byIndex[index] = site;
        foreach (byte entry in site.Entries)
        {
            _faults[site.Start + entry] = site;
        }

        if (site.Shape == SiteShape.Zero)
        {
            // A jump to the syscall runs `and eax, imm32` and ends behind the seven bytes.
            _faults[site.Start + CallSite.JumpSize] = site;
        }

        if (site.Cave != 0)
        {
            _caves[site.Cave] = site;
        }

        return index;
    }

    /// <summary>Where a call returns to in guest code, given what its trampoline put into r11.</summary>
    internal ulong ReturnOf(ulong address)
    {
        ulong offset = address - StubLayout.TrampolineBase;
        if (offset >= TrampolineBytes)
        {
            return address;
        }

        using (_lock.Enter())
        {
            return SiteAt(offset, out CallSite site) ? site.Return : address;
        }
    }

    /// <summary>
    /// The guest address that corresponds to one in a trampoline; others as they are. At the start of a
    /// cave, the
    /// site that may use it.
    /// </summary>
    internal ulong GuestAddressOf(ulong rip, out CallSite caveOf, out int index)
    {
        ulong offset = rip - StubLayout.TrampolineBase;
        caveOf = default;
        index = 0;
        using (_lock.Enter())
        {
            if (offset < TrampolineBytes)
            {
                return SiteAt(offset, out CallSite site)
                    ? Trampolines.GuestAddress(site, (int)(offset % StubLayout.TrampolineSize)) : rip;
            }

            if (_caves.TryGetValue(rip, out caveOf))
            {
                index = _indexes[caveOf.Start];
            }

            return rip;
        }
    }

    /// <summary>The site, and its entry, at which an invalid instruction means something.</summary>
    internal bool TryFindFault(ulong rip, out CallSite site, out int index)
    {
        using RankedLock.Scope scope = _lock.Enter();
        index = 0;
        return _faults.TryGetValue(rip, out site) && _indexes.TryGetValue(site.Start, out index);
    }

    /// <summary>Adds the sites, and their entries, with bytes in a range.</summary>
    internal void FindOverlapping(ulong start, ulong end, List<(CallSite Site, int Index)> found)
    {
        using RankedLock.Scope scope = _lock.Enter();
        foreach ((int index, CallSite site) in _byIndex)
        {
            bool isJump = site.Start < end && start < site.Start + (ulong)site.Size;
            bool isCave = site.Cave != 0 && site.Cave < end && start < site.Cave + CallSite.JumpSize;
            if (isJump || isCave)
            {
                found.Add((site, index));
            }
        }
    }

    /// <inheritdoc/>
    protected override void Destroy() => _memory.Dispose();

    private bool IsTaken(in CallSite site)
    {
        foreach (byte entry in site.Entries)
        {
            if (_faults.ContainsKey(site.Start + entry))
            {
                return true;
            }
        }

        return _faults.ContainsKey(site.Start + CallSite.JumpSize)
            || (site.Cave != 0 && _caves.ContainsKey(site.Cave));
    }

    private bool SiteAt(ulong offset, out CallSite site) =>
        _byIndex.TryGetValue((int)(offset / StubLayout.TrampolineSize), out site);
}
