// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Processes;

namespace Moat.Platform;

/// <summary>Recovers threads that met an invalid instruction at a patched site, or at one half patched.
/// </summary>
internal static class SiteFaults
{
    /// <summary>An invalid instruction was executed: perhaps in the middle of a patched site.</summary>
    /// <param name="process">Whose thread it was.</param>
    /// <param name="table">Its patched sites.</param>
    /// <param name="registers">Become those of the call, when it is one.</param>
    /// <param name="resumeAt">Not 0: the guest is to go on there.</param>
    internal static SiteRecovery Recover(
        StubProcess process, CallSiteTable table, ref GuestRegisters registers, out ulong resumeAt)
    {
        resumeAt = 0;
        ulong rip = registers.Rip;
        if (!table.TryFindFault(rip, out CallSite site, out int index))
        {
            return SiteRecovery.None;
        }

        // Waits for a patch that is under way; then the bytes tell whether this process has it.
        using RankedLock.Scope patching = process.PatchLock.Enter();
        if (!IsKnown(process.Pid, in site, index, out bool isPatched))
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
            resumeAt = Trampolines.ReturnAddress(site, index);
            return SiteRecovery.None;
        }

        if (site.Shape == SiteShape.Zero)
        {
            registers.Rax = 0;
        }

        registers.Rip = site.Return;
        return SiteRecovery.Syscall;
    }

    /// <summary>Where the guest is, had there been no patch: in terms of the site, not of what it became.
    /// </summary>
    internal static ulong GuestAddressOf(StubProcess process, CallSiteTable table, ulong rip)
    {
        ulong address = table.GuestAddressOf(rip, out CallSite site, out int index);
        bool isCave = site.Cave != 0 && IsKnown(process.Pid, in site, index, out bool isPatched) && isPatched;
        return isCave ? site.Start : address;
    }

    // In this process, what stands there is the patch or the text that was patched.
    private static bool IsKnown(int pid, in CallSite site, int index, out bool isPatched)
    {
        Span<byte> wanted = stackalloc byte[CallSite.JumpSize];
        Span<byte> found = stackalloc byte[CallSite.JumpSize];
        isPatched = false;
        if (!ProcessMemory.Read(pid, site.Start, found[..site.Size]).TryGet(out int read, out Errno _)
            || read != site.Size)
        {
            return false;
        }

        site.WritePatch(wanted, index);
        isPatched = found[..read].SequenceEqual(wanted[..read]);
        site.WriteOriginal(wanted);
        return isPatched || found[..read].SequenceEqual(wanted[..read]);
    }
}
