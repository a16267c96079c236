// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Host.Processes;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>What debuggers see of patched text, and how it becomes what it was.</summary>
public static class SiteView
{
    private const byte Nop = 0x90;

    /// <summary>Puts the guest's own bytes into a copy of its memory where that has a patch.</summary>
    public static void ShowOriginal(StubProcess process, ulong address, Span<byte> bytes)
    {
        if (process.CallSites is not { } table || bytes.IsEmpty)
        {
            return;
        }

        var found = new List<(CallSite Site, int Index)>();
        table.FindOverlapping(address, address + (ulong)bytes.Length, found);
        Span<byte> patch = stackalloc byte[CallSite.JumpSize];
        Span<byte> original = stackalloc byte[CallSite.JumpSize];
        foreach ((CallSite site, int index) in found)
        {
            if (!IsPatched(process, in site, index))
            {
                continue;
            }

            site.WriteOriginal(original);
            Overlay(address, bytes, site.Start, original[..site.Size]);
            if (site.Cave != 0)
            {
                patch.Fill(Nop);
                Overlay(address, bytes, site.Cave, patch);
            }
        }
    }

    /// <summary>
    /// The guest's text in a range is about to be written by somebody else: sites there become what they
    /// were, and no more are patched in this process.
    /// </summary>
    /// <param name="space">Its mappings.</param>
    /// <param name="driver">A thread of it that is stopped, or the caller's own.</param>
    /// <param name="address">Start of the range.</param>
    /// <param name="length">Its length.</param>
    public static void Restore(AddressSpace space, StubThread driver, ulong address, ulong length)
    {
        driver.Process.HotSites.TurnOff();
        if (driver.Process.CallSites is not { } table)
        {
            return;
        }

        var found = new List<(CallSite Site, int Index)>();
        table.FindOverlapping(address, address + length, found);
        foreach ((CallSite site, int index) in found)
        {
            Unpatch(space, driver, in site, index);
        }
    }

    private static void Unpatch(AddressSpace space, StubThread driver, in CallSite site, int index)
    {
        using RankedLock.Scope scope = space.Lock.Enter();
        _ = space.TryFindTextLocked(site.Start, out _, out _, out MemoryProtection protection);
        ulong page = AddressSpaceLimits.PageDown(site.Start);
        ulong length = AddressSpaceLimits.PageUp(site.Start + (ulong)site.Size) - page;
        using RankedLock.Scope patching = driver.Process.PatchLock.Enter();
        var open = new MemoryOrder(SyscallNumber.mprotect, page, length, 7);
        if (!IsPatched(driver.Process, in site, index) || !driver.ExecuteBatch([open]).IsOk)
        {
            return;
        }

        // The jump in a cave stays: somebody may be on the way to it, and nothing else leads there.
        Span<byte> original = stackalloc byte[CallSite.JumpSize];
        site.WriteOriginal(original);
        CallSitePatcher.WriteInSteps(driver, in site, original[..site.Size]);
        _ = driver.ExecuteBatch([open with { Arg2 = (ulong)protection }]);
    }

    private static bool IsPatched(StubProcess process, in CallSite site, int index)
    {
        Span<byte> wanted = stackalloc byte[CallSite.JumpSize];
        Span<byte> there = stackalloc byte[CallSite.JumpSize];
        site.WritePatch(wanted, index);
        return ProcessMemory.Read(process.Pid, site.Start, there[..site.Size]).TryGet(out int read, out _)
            && read == site.Size && there[..read].SequenceEqual(wanted[..read]);
    }

    private static void Overlay(ulong address, Span<byte> bytes, ulong start, ReadOnlySpan<byte> original)
    {
        for (int i = 0; i < original.Length; i++)
        {
            ulong at = start + (ulong)i - address;
            if (at < (ulong)bytes.Length)
            {
                bytes[(int)at] = original[i];
            }
        }
    }
}
