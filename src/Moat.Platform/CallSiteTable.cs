// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Host.Shared;

namespace Moat.Platform;

/// <summary>
/// The patched call sites of a process and of those forked from it since: table, trampolines, and what faults
/// at a site mean.
/// </summary>
/// <remarks>
/// Locks: <see cref="Lock"/> is held while a site is being patched, so that whoever faults at a half-patched
/// one waits. Invariants: guests can read and run the memory, never write it: it is sealed against writable
/// mappings. An entry never changes once a site jumps through it.
/// </remarks>
internal sealed class CallSiteTable : RefCounted
{
    /// <summary>The table comes first in the shared memory, then the trampolines.</summary>
    internal const int TableBytes = StubLayout.TableEntries * 8;
    internal const int TrampolineBytes = StubLayout.TableEntries * StubLayout.TrampolineSize;

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

    internal RankedLock Lock { get; } = new(LockRank.CallSites);

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

    /// <summary>The entry of a site, new or old; -1 when there is no more room. The lock is held.</summary>
    internal int EntryLocked(in CallSite site)
    {
        if (_indexes.TryGetValue(site.Start, out int known) && _byIndex[known] == site)
        {
            return known;
        }

        int index = _free.Take(site.Shape);
        if (index < 0)
        {
            return -1;
        }

        int at = TableBytes + (index * StubLayout.TrampolineSize);
        Trampolines.Write(_memory.Span.Slice(at, StubLayout.TrampolineSize), site, index, _fastEntry);
        System.BitConverter.TryWriteBytes(_memory.Span[(index * 8)..], Trampolines.Address(index));
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

        using (Lock.Enter())
        {
            return SiteAt(offset, out CallSite site) ? site.Return : address;
        }
    }

    /// <summary>The guest address that corresponds to one in a trampoline or cave; others as they are.
    /// </summary>
    internal ulong GuestAddressOf(ulong rip)
    {
        ulong offset = rip - StubLayout.TrampolineBase;
        using (Lock.Enter())
        {
            if (offset < TrampolineBytes)
            {
                return SiteAt(offset, out CallSite site)
                    ? Trampolines.GuestAddress(site, (int)(offset % StubLayout.TrampolineSize)) : rip;
            }

            return _caves.TryGetValue(rip, out CallSite behind) ? behind.Start : rip;
        }
    }

    /// <summary>An invalid instruction was executed: perhaps in the middle of a patched site.</summary>
    /// <param name="pid">The stub's process.</param>
    /// <param name="registers">Become those of the call, when it is one.</param>
    /// <param name="resumeAt">Not 0: the guest is to go on there.</param>
    internal SiteRecovery Recover(int pid, ref GuestRegisters registers, out ulong resumeAt)
    {
        resumeAt = 0;
        ulong rip = registers.Rip;
        // Waits for a patch that is under way; then the bytes tell whether this process has it.
        using (Lock.Enter())
        {
            if (!_faults.TryGetValue(rip, out CallSite site)
                || !IsKnown(pid, in site, out bool isPatched))
            {
                return SiteRecovery.None;
            }

            ulong into = rip - site.Start;
            if (into == 0 || (!isPatched && into < CallSite.JumpSize))
            {
                // Half-patched when it faulted, or the guest has just got its old text back.
                resumeAt = rip;
                return SiteRecovery.None;
            }

            if (site.Shape == SiteShape.Zero && into == 4)
            {
                resumeAt = Trampolines.ReturnAddress(site, _indexes[site.Start]);
                return SiteRecovery.None;
            }

            if (site.Shape == SiteShape.Zero)
            {
                registers.Rax = 0;
            }

            registers.Rip = site.Return;
            return SiteRecovery.Syscall;
        }
    }

    /// <inheritdoc/>
    protected override void Destroy() => _memory.Dispose();

    private bool SiteAt(ulong offset, out CallSite site) =>
        _byIndex.TryGetValue((int)(offset / StubLayout.TrampolineSize), out site);

    // In this process, what stands there is the patch or the text that was patched.
    private bool IsKnown(int pid, in CallSite site, out bool isPatched)
    {
        Span<byte> wanted = stackalloc byte[CallSite.JumpSize];
        Span<byte> found = stackalloc byte[CallSite.JumpSize];
        isPatched = false;
        if (ProcessMemory.Read(pid, site.Start, found[..site.Size]).Error != Errno.Success)
        {
            return false;
        }

        site.WritePatch(wanted, _indexes[site.Start]);
        isPatched = found[..site.Size].SequenceEqual(wanted[..site.Size]);
        site.WriteOriginal(wanted);
        return isPatched || found[..site.Size].SequenceEqual(wanted[..site.Size]);
    }
}
