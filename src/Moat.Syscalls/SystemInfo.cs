// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Time;
using Moat.Abi.Utsname;
using Moat.Base;
using Moat.Host;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>sysinfo(2), getcpu(2).</summary>
public static class SystemInfo
{
    // SI_LOAD_SHIFT - FSHIFT: 16 bits of fraction instead of 11.
    private const int LoadShift = 5;

    /// <summary>sysinfo(2): the sandbox's memory, load, uptime and number of tasks.</summary>
    [Syscall("sysinfo")]
    public static SysResult GetInfo(Task task, GuestPtr<SystemInformation> information)
    {
        SystemMemory memory = task.Kernel.Memory.Read();
        (ulong one, ulong five, ulong fifteen) = task.Kernel.Load.Read();
        var result = new SystemInformation
        {
            Load1 = one << LoadShift, Load5 = five << LoadShift, Load15 = fifteen << LoadShift,
            TotalRam = (ulong)memory.Total, FreeRam = (ulong)memory.Free, SharedRam = (ulong)memory.Shared,
            MemoryUnit = 1,
        };
        result.Uptime = (GuestClocks.Read(task, ClockId.BootTime).Value + 999_999_999) / 1_000_000_000;
        result.Processes = (ushort)task.Kernel.Tree.TaskCount;
        return information.Write(task.Memory, in result);
    }

    /// <summary>getcpu(2): where the call is served; the vDSO answers for the guest code itself.</summary>
    [Syscall("getcpu")]
    public static SysResult GetCpu(Task task, GuestPtr<uint> cpu, GuestPtr<uint> node, ulong unused)
    {
        bool done = (cpu.IsNull || cpu.Write(task.Memory, HostCall.CurrentCpu()) == Abi.Errno.Success)
            && (node.IsNull || node.Write(task.Memory, 0) == Abi.Errno.Success);
        return done ? 0 : Abi.Errno.EFAULT;
    }
}
