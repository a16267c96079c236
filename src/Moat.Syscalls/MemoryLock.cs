// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>mlock(2), mlock2(2), munlock(2), mlockall(2), munlockall(2).</summary>
public static class MemoryLock
{
    private const int LockOnFault = 1;
    private const LockFlags All = LockFlags.Current | LockFlags.Future | LockFlags.OnFault;

    /// <summary>mlock(2).</summary>
    [Syscall("mlock")]
    public static SysResult Lock(Task task, ulong address, ulong length) => Lock2(task, address, length, 0);

    /// <summary>mlock2(2).</summary>
    [Syscall("mlock2")]
    public static SysResult Lock2(Task task, ulong address, ulong length, int flags) =>
        (flags & ~LockOnFault) != 0
            ? Errno.EINVAL
            : task.AddressSpace.LockPages(
                task.Orders, address, length, (flags & LockOnFault) != 0,
                    task.Credentials.Has(Capability.IpcLock));

    /// <summary>munlock(2).</summary>
    [Syscall("munlock")]
    public static SysResult Unlock(Task task, ulong address, ulong length) =>
        task.AddressSpace.UnlockPages(address, length);

    /// <summary>mlockall(2).</summary>
    [Syscall("mlockall")]
    public static SysResult LockAll(Task task, LockFlags flags) =>
        flags == 0 || (flags & ~All) != 0 || flags == LockFlags.OnFault
            ? Errno.EINVAL
            : task.AddressSpace.LockAll(task.Orders, flags, task.Credentials.Has(Capability.IpcLock));

    /// <summary>munlockall(2).</summary>
    [Syscall("munlockall")]
    public static SysResult UnlockAll(Task task) =>
        task.AddressSpace.LockAll(task.Orders, LockFlags.None, privileged: true);
}
