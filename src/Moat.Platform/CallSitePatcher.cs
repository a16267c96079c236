// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// Rewrites a hot system call instruction in the calling task's process into a jump to the fast path.
/// </summary>
/// <remarks>
/// Only in private file mappings that are executable and not writable: program text. Text of other kinds may
/// be
/// data that is copied elsewhere, or shared with other processes. Other threads may execute the site
/// meanwhile:
/// see <see cref="WriteInSteps"/>.
/// </remarks>
public static class CallSitePatcher
{
    private const ulong SyncCore = 1 << 5;
    private const ulong RegisterSyncCore = 1 << 6;
    private const ulong MapShared = 1;
    private const ulong MapFixed = 0x10;

    /// <summary>Patches the site of the present call, if that can be done.</summary>
    public static void Patch(AddressSpace space, StubThread stub, uint number)
    {
        ulong address = stub.HotSite - 2;
        using RankedLock.Scope scope = space.Lock.Enter();
        if (!stub.Process.HotSites.IsOn || !TryReadText(
                space, stub, address, number, out CallSite site, out MemoryProtection protection)
            || EnsureTable(stub) is not { } table)
        {
            return;
        }

        ulong low = AddressSpaceLimits.PageDown(site.Start);
        ulong end = AddressSpaceLimits.PageUp(site.End);
        // A guest may replace its text page by page: a patch comes and goes as a whole.
        int index = end - low > AddressSpaceLimits.PageSize ? -1 : table.Entry(site);
        if (index < 0)
        {
            return;
        }

        using RankedLock.Scope patching = stub.Process.PatchLock.Enter();
        var open = new MemoryOrder(SyscallNumber.mprotect, low, end - low, 7);
        if (!stub.ExecuteBatch([open]).IsOk)
        {
            return;
        }

        Write(stub, in site, index);
        _ = stub.ExecuteBatch([open with { Arg2 = (ulong)protection }]);
    }

    private static bool TryReadText(AddressSpace space, StubThread stub, ulong address, uint number,
        out CallSite site, out MemoryProtection protection)
    {
        site = default;
        protection = default;
        if (!space.TryFindTextLocked(address, out ulong start, out ulong end, out protection))
        {
            return false;
        }

        Span<byte> text = stackalloc byte[CallSiteFinder.Before + CallSiteFinder.After];
        ulong from = Math.Max(start, address - CallSiteFinder.Before);
        int length = (int)Math.Min((ulong)text.Length, end - from);
        return ProcessMemory.Read(stub.Process.Pid, from, text[..length]).TryGet(out int read, out _)
            && CallSiteFinder.TryFind(text[..read], (int)(address - from), address, number, out site);
    }

    // Mapped when the first site is patched: most processes end before that.
    private static CallSiteTable? EnsureTable(StubThread stub)
    {
        StubProcess process = stub.Process;
        if (process.CallSites is { } known)
        {
            return known;
        }

        if (!CallSiteTable.Create(process.Family.Sites.FastEntry).TryGet(out CallSiteTable? table, out _))
        {
            return null;
        }

        ulong slot = stub.Area.SlotFd;
        var close = new MemoryOrder(SyscallNumber.close, slot, 0);
        Result<ulong> mapped = stub.ExecuteBatch(
        [
            new(SyscallNumber.mmap, StubLayout.TableBase, CallSiteTable.TableBytes, 1, MapShared | MapFixed,
                slot, 0, table.Fd),
            close,
            new(SyscallNumber.mmap, StubLayout.TrampolineBase, CallSiteTable.TrampolineBytes, 5,
                MapShared | MapFixed, slot, CallSiteTable.TableBytes, table.Fd),
            close,
        ]);
        if (!mapped.IsOk)
        {
            table.Release();
            return null;
        }

        process.CallSites = table;
        return table;
    }

    private static void Write(StubThread stub, in CallSite site, int index)
    {
        int pid = stub.Process.Pid;
        Span<byte> jump = stackalloc byte[CallSite.JumpSize];
        bool alone = !stub.Process.HasOtherThreads;
        if (site.Shape == SiteShape.Cave)
        {
            // Nobody is in there.
            CallSite.WriteJump(jump, index);
            if (ProcessMemory.Write(pid, site.Cave, jump).Error != Errno.Success
                || !(alone || Synchronize(stub)))
            {
                return;
            }
        }

        site.WritePatch(jump, index);
        if (alone)
        {
            _ = ProcessMemory.Write(pid, site.Start, jump[..site.Size]);
        }
        else
        {
            WriteInSteps(stub, in site, jump[..site.Size]);
        }
    }

    // Cross-modifying code: wherever a thread may enter, an invalid instruction comes first; whoever meets it
    // waits for the process's patch lock. Between the steps every CPU serializes, so none runs a mixture.
    internal static void WriteInSteps(StubThread stub, in CallSite site, ReadOnlySpan<byte> patch)
    {
        int pid = stub.Process.Pid;
        // Without the host's help nobody can know what other CPUs still hold.
        if (!Synchronize(stub))
        {
            return;
        }

        ReadOnlySpan<byte> invalid = [CallSite.Invalid];
        foreach (byte entry in site.Entries)
        {
            _ = ProcessMemory.Write(pid, site.Start + entry, invalid);
        }

        _ = Synchronize(stub);
        for (int i = 0; i < patch.Length; i++)
        {
            if (!site.Entries.Contains((byte)i))
            {
                _ = ProcessMemory.Write(pid, site.Start + (ulong)i, patch.Slice(i, 1));
            }
        }

        _ = Synchronize(stub);
        foreach (byte entry in site.Entries)
        {
            if (entry != 0)
            {
                _ = ProcessMemory.Write(pid, site.Start + entry, patch.Slice(entry, 1));
            }
        }

        _ = Synchronize(stub);
        _ = ProcessMemory.Write(pid, site.Start, patch[..1]);
        _ = Synchronize(stub);
    }

    private static bool Synchronize(StubThread stub) => stub.ExecuteBatch(
        [new(SyscallNumber.membarrier, RegisterSyncCore, 0), new(SyscallNumber.membarrier, SyncCore,
            0)]).IsOk;
}
