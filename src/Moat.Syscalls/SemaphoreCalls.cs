// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>semget(2), semop(2), semtimedop(2), semctl(2).</summary>
public static class SemaphoreCalls
{
    private const long NsPerSecond = 1_000_000_000;

    /// <summary>semget(2).</summary>
    [Syscall("semget")]
    public static SysResult Get(Task task, int key, int count, int flags) =>
        task.Ipc.Semaphores.Get(task, key, count, flags);

    /// <summary>semop(2).</summary>
    [Syscall("semop")]
    public static SysResult Operate(Task task, int id,
        [Input("count")] GuestPtr<SemaphoreOperation> operations,
        uint count) =>
        Operate(task, id, operations, count, Deadline.Never);

    /// <summary>semtimedop(2).</summary>
    [Syscall("semtimedop")]
    public static SysResult OperateTimed(
        Task task, int id, GuestPtr<SemaphoreOperation> operations, uint count, GuestPtr<Timespec> timeout)
    {
        Deadline deadline = Deadline.Never;
        if (!timeout.IsNull)
        {
            Errno error = timeout.Read(task.Memory, out Timespec time);
            if (error != Errno.Success)
            {
                return error;
            }

            if (time.Seconds < 0 || (ulong)time.Nanoseconds >= (ulong)NsPerSecond)
            {
                return Errno.EINVAL;
            }

            deadline = Deadline.After(time.Seconds >= long.MaxValue / NsPerSecond
                ? long.MaxValue
                : (time.Seconds * NsPerSecond) + time.Nanoseconds);
        }

        return Operate(task, id, operations, count, deadline);
    }

    /// <summary>semctl(2).</summary>
    [Syscall("semctl")]
    public static SysResult Control(Task task, int id, int number, int command, ulong argument)
    {
        Semaphores all = task.Ipc.Semaphores;
        if (id < 0)
        {
            return Errno.EINVAL;
        }

        switch (command & ~IpcCommand.New)
        {
            case IpcCommand.Remove:
                return all.Remove(task, id);
            case IpcCommand.Set:
                Errno error = task.Memory.Read(argument, out SemaphoreSetData data);
                return error != Errno.Success ? error : all.Set(task, id, in data);
            case IpcCommand.Stat:
                return Stat(task, all.Stat(task, id, byIndex: false, checkAccess: true), argument,
                    returnId: false);
            case IpcCommand.SemStat:
                return Stat(task, all.Stat(task, id, byIndex: true, checkAccess: true), argument,
                    returnId: true);
            case IpcCommand.SemStatAny:
                return Stat(task, all.Stat(task, id, byIndex: true, checkAccess: false), argument,
                    returnId: true);
            case IpcCommand.Info:
                return Info(task, argument, usage: false);
            case IpcCommand.SemInfo:
                return Info(task, argument, usage: true);
            case IpcCommand.GetValue:
                return all.Query(task, id, number, SemaphoreQuery.Value);
            case IpcCommand.GetPid:
                return all.Query(task, id, number, SemaphoreQuery.LastPid).TryGet(out int last, out error)
                    ? task.ShowProcess(last) : error;
            case IpcCommand.GetWaitersForMore:
                return all.Query(task, id, number, SemaphoreQuery.WaitersForMore);
            case IpcCommand.GetWaitersForZero:
                return all.Query(task, id, number, SemaphoreQuery.WaitersForZero);
            case IpcCommand.SetValue:
                int value = (int)argument;
                return value is < 0 or > Semaphores.MaxValue
                    ? Errno.ERANGE
                    : all.SetValues(task, id, number, [(ushort)value]);
            case IpcCommand.GetAll:
                return all.GetAll(task, id).TryGet(out ushort[]? values, out error)
                    ? task.Memory.WriteArray<ushort>(argument, values)
                    : error;
            case IpcCommand.SetAll:
                return SetAll(task, id, argument);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult Operate(
        Task task, int id, GuestPtr<SemaphoreOperation> operations, uint count, Deadline deadline)
    {
        if (count == 0 || id < 0)
        {
            return Errno.EINVAL;
        }

        if (count > Semaphores.MaxOperations)
        {
            return Errno.E2BIG;
        }

        var copy = new SemaphoreOperation[count];
        Errno error = task.Memory.ReadArray<SemaphoreOperation>(operations.Address, copy);
        return error != Errno.Success ? error : task.Ipc.Semaphores.Operate(task, id, copy, deadline);
    }

    private static SysResult SetAll(Task task, int id, ulong argument)
    {
        Semaphores all = task.Ipc.Semaphores;
        if (!all.Stat(task, id, byIndex: false, checkAccess: false)
            .TryGet(out (int Id, SemaphoreSetData Data) stat, out Errno error))
        {
            return error;
        }

        var values = new ushort[stat.Data.Count];
        error = task.Memory.ReadArray<ushort>(argument, values);
        return error != Errno.Success ? error : all.SetValues(task, id, 0, values);
    }

    private static SysResult Info(Task task, ulong argument, bool usage)
    {
        (int highest, int sets, int total) = task.Ipc.Semaphores.GetUsage();
        var limits = new SemaphoreLimits
        {
            MapEntries = Semaphores.MaxAll,
            Sets = Semaphores.MaxSets,
            Semaphores = Semaphores.MaxAll,
            UndoStructures = Semaphores.MaxAll,
            PerSet = Semaphores.MaxPerSet,
            PerCall = Semaphores.MaxOperations,
            UndoEntries = Semaphores.MaxOperations,
            UndoSize = usage ? sets : 20,
            MaximumValue = Semaphores.MaxValue,
            MaximumAdjustment = usage ? total : Semaphores.MaxValue,
        };
        Errno error = task.Memory.Write(argument, in limits);
        return error != Errno.Success ? error : highest;
    }

    private static SysResult Stat(
        Task task, Result<(int Id, SemaphoreSetData Data)> found, ulong argument, bool returnId)
    {
        if (!found.TryGet(out (int Id, SemaphoreSetData Data) stat, out Errno error))
        {
            return error;
        }

        SemaphoreSetData seen = stat.Data;
        seen.Permission = IpcAsSeen.By(task, seen.Permission);
        error = task.Memory.Write(argument, in seen);
        return error != Errno.Success ? error : returnId ? stat.Id : 0;
    }
}
