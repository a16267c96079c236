// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>madvise(2), msync(2), mincore(2), membarrier(2).</summary>
public static class MemoryControl
{
    /// <summary>
    /// Barriers that work on the stub as they would on the guest; restartable sequences are not offered.
    /// </summary>
    private const MembarrierCommand Barriers = MembarrierCommand.Global | MembarrierCommand.GlobalExpedited
        | MembarrierCommand.RegisterGlobalExpedited | MembarrierCommand.PrivateExpedited
        | MembarrierCommand.RegisterPrivateExpedited | MembarrierCommand.PrivateExpeditedSyncCore
        | MembarrierCommand.RegisterPrivateExpeditedSyncCore | MembarrierCommand.GetRegistrations;

    /// <summary>madvise(2).</summary>
    [Syscall("madvise")]
    public static SysResult Advise(Task task, ulong address, ulong length, MemoryAdvice advice) =>
        task.AddressSpace.Advise(task.Orders, address, length, advice);

    /// <summary>msync(2).</summary>
    [Syscall("msync")]
    public static SysResult Sync(Task task, ulong address, ulong length, SyncFlags flags) =>
        task.AddressSpace.Sync(task.Orders, address, length, flags);

    /// <summary>mincore(2).</summary>
    [Syscall("mincore")]
    public static SysResult Residency(Task task, ulong address, ulong length, GuestBuffer vector) =>
        task.AddressSpace.GetResidency(task.Orders, address, length, vector.Address);

    /// <summary>membarrier(2): the host's, made by a thread of the guest's own stub.</summary>
    [Syscall("membarrier")]
    public static SysResult Barrier(Task task, MembarrierCommand command, uint flags, int cpu)
    {
        if (flags != 0 || (command != MembarrierCommand.Query
            && ((command & ~Barriers) != 0 || !System.Numerics.BitOperations.IsPow2((int)command))))
        {
            return Errno.EINVAL;
        }

        var order = new MemoryOrder(SyscallNumber.membarrier, (ulong)command, 0);
        Result<ulong> result = task.Orders.Execute(new(in order));
        return command == MembarrierCommand.Query && result.IsOk ? result.Value & (ulong)Barriers : result;
    }
}
