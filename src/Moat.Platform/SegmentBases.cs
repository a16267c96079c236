// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Host;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>The bases of the guest's fs and gs segments: as they were at the last trap, or as they are to be.
/// </summary>
/// <remarks>
/// Belongs to the driving task thread. gs is the stub's own while the guest has set none, which shows as 0.
/// </remarks>
internal sealed class SegmentBases(ThreadArea area, StubOrders orders)
{
    private bool _setsFs;
    private bool _setsGs;

    internal ulong Fs { get; private set; }

    internal ulong Gs { get; private set; }

    /// <summary>
    /// True when only a trap tells fs: guests can change it without a call, where the host has FSGSBASE.
    /// </summary>
    internal bool NeedsTrap => Cpu.HasFsGsBase && !_setsFs;

    /// <summary>True when the next reply has to set one.</summary>
    internal bool IsPending => _setsFs || _setsGs;

    internal void SetFs(ulong value)
    {
        Fs = value;
        _setsFs = true;
    }

    internal void SetGs(ulong value)
    {
        Gs = value;
        _setsGs = true;
    }

    /// <summary>Takes what the stub's handler has read.</summary>
    internal void TakeFromTrap()
    {
        if (!Cpu.HasFsGsBase)
        {
            return;
        }

        if (!_setsFs)
        {
            Fs = area.Field<ulong>(StubLayout.EventFsBase);
        }

        if (!_setsGs)
        {
            ulong gs = area.Field<ulong>(StubLayout.EventGsBase);
            Gs = gs == area.GuestAddress ? 0 : gs;
        }
    }

    /// <summary>
    /// Writes what is pending beside a reply: the reply's flags, and how many orders go with it. By
    /// instruction; or by calls where the host would not keep what an instruction sets.
    /// </summary>
    internal uint Put(out int count)
    {
        count = 0;
        uint flags = 0;
        ulong gs = Gs == 0 ? area.GuestAddress : Gs;
        if (!Cpu.HasFsGsBase)
        {
            if (_setsFs)
            {
                orders.GiveFree(count++, new(SyscallNumber.arch_prctl, StubLayout.SetFs, Fs));
            }

            if (_setsGs)
            {
                orders.GiveFree(count++, new(SyscallNumber.arch_prctl, StubLayout.SetGs, gs));
            }
        }
        else
        {
            if (_setsFs)
            {
                area.Field<ulong>(StubLayout.ReplyFsBase) = Fs;
                flags |= StubLayout.ReplySetFs;
            }

            if (_setsGs)
            {
                area.Field<ulong>(StubLayout.ReplyGsBase) = gs;
                flags |= StubLayout.ReplySetGs;
            }
        }

        _setsFs = _setsGs = false;
        return flags;
    }
}
