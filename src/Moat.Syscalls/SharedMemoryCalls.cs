// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>shmget(2), shmat(2), shmdt(2), shmctl(2).</summary>
public static class SharedMemoryCalls
{
    /// <summary>shmget(2).</summary>
    [Syscall("shmget")]
    public static SysResult Get(Task task, int key, ulong size, int flags) =>
        task.Ipc.SharedMemory.Get(task, key, size, flags);

    /// <summary>shmat(2).</summary>
    [Syscall("shmat")]
    public static SysResult Attach(Task task, int id, ulong address, int flags) =>
        task.Ipc.SharedMemory.Attach(task, id, address, flags);

    /// <summary>shmdt(2).</summary>
    [Syscall("shmdt")]
    public static SysResult Detach(Task task, ulong address) =>
        task.Ipc.SharedMemory.Detach(task, address);

    /// <summary>shmctl(2).</summary>
    [Syscall("shmctl")]
    public static SysResult Control(Task task, int id, int command, GuestBuffer argument)
    {
        SharedMemory shared = task.Ipc.SharedMemory;
        if (command < 0 || id < 0)
        {
            return Errno.EINVAL;
        }

        switch (command & ~IpcCommand.New)
        {
            case IpcCommand.Remove:
                return shared.Remove(task, id);
            case IpcCommand.Set:
                Errno error = task.Memory.Read(argument.Address, out SharedSegmentData data);
                error = error == Errno.Success ? IpcAsSeen.Read(task, ref data.Permission) : error;
                return error != Errno.Success ? error : shared.Set(task, id, in data);
            case IpcCommand.Stat:
                return Stat(task, shared.Stat(task, id, byIndex: false, checkAccess: true), argument,
                    returnId: false);
            case IpcCommand.ShmStat:
                return Stat(task, shared.Stat(task, id, byIndex: true, checkAccess: true), argument,
                    returnId: true);
            case IpcCommand.ShmStatAny:
                return Stat(task, shared.Stat(task, id, byIndex: true, checkAccess: false), argument,
                    returnId: true);
            case IpcCommand.ShmLock:
                return shared.SetLocked(task, id, locked: true);
            case IpcCommand.ShmUnlock:
                return shared.SetLocked(task, id, locked: false);
            case IpcCommand.Info:
                var limits = new SharedMemoryLimits
                {
                    Maximum = SharedMemory.MaxSize,
                    Minimum = 1,
                    Segments = SharedMemory.MaxSegments,
                    SegmentsPerProcess = SharedMemory.MaxSegments,
                    AllPages = SharedMemory.MaxSize,
                };
                error = task.Memory.Write(argument.Address, in limits);
                return error != Errno.Success ? error : shared.GetUsage().Highest;
            case IpcCommand.ShmInfo:
                (int highest, SharedMemoryUsage usage) = shared.GetUsage();
                error = task.Memory.Write(argument.Address, in usage);
                return error != Errno.Success ? error : highest;
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult Stat(
        Task task, Result<(int Id, SharedSegmentData Data)> found, GuestBuffer argument, bool returnId)
    {
        if (!found.TryGet(out (int Id, SharedSegmentData Data) stat, out Errno error))
        {
            return error;
        }

        SharedSegmentData seen = stat.Data;
        seen.Permission = IpcAsSeen.By(task, seen.Permission);
        seen.CreatorPid = task.ShowProcess(seen.CreatorPid);
        seen.LastPid = task.ShowProcess(seen.LastPid);
        error = task.Memory.Write(argument.Address, in seen);
        return error != Errno.Success ? error : returnId ? stat.Id : 0;
    }
}
