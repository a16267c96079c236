// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Platform;

namespace Moat.Kernel.Tracing;

/// <summary>Single steps: the trap flag, which neither tracer nor tracee is to see.</summary>
internal static class TraceSteps
{
    private const ulong TrapFlag = 0x100;
    private const ulong LongestSite = 16;
    private const int Breakpoint = 1;

    /// <summary>Guest code is about to run for one instruction; false when it traps by itself.</summary>
    internal static bool Begin(Task task)
    {
        ref GuestRegisters registers = ref task.Registers;
        if ((registers.Eflags & TrapFlag) != 0)
        {
            return false;
        }

        // What is stepped over is the guest's own text.
        if (task.Stub.Process.HasPatches)
        {
            SiteView.Restore(task.AddressSpace, task.Stub, registers.Rip, LongestSite);
        }

        task.Registers.Eflags |= TrapFlag;
        return true;
    }

    /// <summary>It has stopped.</summary>
    internal static void End(Task task) => task.Registers.Eflags &= ~TrapFlag;

    /// <summary>A step over a system call, or into a handler, is over.</summary>
    internal static void Report(Task task) => SignalSender.ForceFault(task, new SigInfo
    {
        Number = (int)Signal.SIGTRAP, Code = Breakpoint, Address = task.Registers.Rip,
    });
}
