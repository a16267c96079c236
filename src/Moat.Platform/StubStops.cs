// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi.Signals;

namespace Moat.Platform;

/// <summary>Makes sense of the signals that a stub's handler publishes.</summary>
internal sealed class StubStops(ThreadArea area, StubProcess process)
{
    private const uint ArchitectureX64 = 0xc000003e;

    /// <summary>Reads where the frame lies; false when that is not in the area's stack.</summary>
    internal bool TryRead(out StubStop stop)
    {
        int signal = area.Field<int>(StubLayout.EventSignal);
        ulong context = area.Field<ulong>(StubLayout.EventContext) - area.GuestAddress;
        ulong info = area.Field<ulong>(StubLayout.EventInfo) - area.GuestAddress;
        const ulong Last = StubLayout.AreaSize - StubLayout.ContextSize - 128;
        if (context < StubLayout.Stack || context > Last || info < StubLayout.Stack || info > Last
            || ((context | info) & 7) != 0)
        {
            stop = default;
            return false;
        }

        ulong rip = area.Field<ulong>((int)context + StubLayout.ContextRip);
        stop = new StubStop(signal, (int)context, (int)info, rip);
        return true;
    }

    /// <summary>True for a trap that the kernel asked for, or an interrupt that came just then.</summary>
    internal bool IsOwnTrap(in StubStop stop) =>
        (stop.Signal == (int)Signal.SIGSYS && stop.Rip == process.Family.Sites.FrameTrap)
        || stop.Signal == StubLayout.InterruptSignal;

    /// <summary>True for a call through a patched site while gs is the guest's: no inputs were copied.
    /// </summary>
    internal bool IsGuestGs(in StubStop stop) => stop.Rip == process.Family.Sites.FastEntry
        ? stop.Signal is (int)Signal.SIGSEGV or (int)Signal.SIGBUS
        : stop.Rip == process.Family.Sites.GuestGsTrap && stop.Signal == (int)Signal.SIGILL;

    /// <summary>
    /// True for an interrupt that found the fast path about to load the registers it was resumed with: those
    /// are the guest's, not the frame's.
    /// </summary>
    internal bool IsLeaving(in StubStop stop)
    {
        StubCallSites sites = process.Family.Sites;
        return stop.Signal == StubLayout.InterruptSignal
            ? stop.Rip >= sites.ExitStart && stop.Rip < sites.ExitEnd
            : stop.Signal == (int)Signal.SIGSYS && stop.Rip == sites.InterruptTrap;
    }

    /// <summary>What the stop means to the kernel.</summary>
    /// <param name="stop">The stop.</param>
    /// <param name="registers">Then the guest's.</param>
    /// <param name="resumeAt">Not 0: nothing happened that concerns the kernel; go on there.</param>
    internal GuestEvent Interpret(in StubStop stop, ref GuestRegisters registers, out ulong resumeAt)
    {
        resumeAt = 0;
        Unsafe.CopyBlockUnaligned(
            ref Unsafe.As<GuestRegisters, byte>(ref registers),
            ref area.Field<byte>(stop.Context + StubLayout.ContextRegisters), GuestRegisters.Size);
        registers.Rip = stop.Rip;
        if (IsGuestGs(in stop))
        {
            // A patched site, but gs is the guest's: r11 is where the call returns to.
            registers.Rip = process.CallSites?.ReturnOf(registers.R11) ?? registers.R11;
            return new GuestEvent(GuestEventKind.Syscall);
        }

        if (process.CallSites is { } patched)
        {
            if (stop.Signal == (int)Signal.SIGILL)
            {
                SiteRecovery recovery = SiteFaults.Recover(process, patched, ref registers, out resumeAt);
                if (recovery != SiteRecovery.None)
                {
                    return new GuestEvent(GuestEventKind.Syscall);
                }
            }
            else if (stop.Signal == StubLayout.InterruptSignal)
            {
                registers.Rip = SiteFaults.GuestAddressOf(process, patched, registers.Rip);
            }
        }

        return Classify(in stop);
    }

    private GuestEvent Classify(in StubStop stop)
    {
        switch (stop.Signal)
        {
            case (int)Signal.SIGSYS:
                bool native = area.Field<uint>(stop.Info + 28) == ArchitectureX64;
                return new GuestEvent(native ? GuestEventKind.Syscall : GuestEventKind.ForeignSyscall);
            case StubLayout.InterruptSignal:
                return new GuestEvent(GuestEventKind.Interrupt);
            case (int)Signal.SIGSEGV or (int)Signal.SIGBUS or (int)Signal.SIGILL or (int)Signal.SIGFPE
                or (int)Signal.SIGTRAP:
                return new GuestEvent(GuestEventKind.Fault, stop.Signal, area.Field<int>(stop.Info + 8),
                    area.Field<ulong>(stop.Info + 16));
            default:
                process.Kill();
                return new GuestEvent(GuestEventKind.Dead);
        }
    }
}
