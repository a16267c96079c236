// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>System V semaphores: semget(2), semop(2), semctl(2).</summary>
/// <remarks>Locks: the table's.</remarks>
public sealed class Semaphores
{
    /// <summary>SEMMNI.</summary>
    public const int MaxSets = 32000;

    /// <summary>SEMMSL.</summary>
    public const int MaxPerSet = 32000;

    /// <summary>SEMOPM.</summary>
    public const int MaxOperations = 500;

    /// <summary>SEMVMX.</summary>
    public const int MaxValue = 32767;

    /// <summary>
    /// Semaphores in all sets together: SEMMNS, smaller than Linux's, for they live in the kernel's heap.
    /// </summary>
    public const int MaxAll = 1 << 18;
    private int _total;

    /// <summary>All sets.</summary>
    public IpcTable<SemaphoreSet> Table { get; } = new(MaxSets);

    /// <summary>semget(2).</summary>
    public Result<int> Get(Task task, int key, int count, int flags)
    {
        if (count is < 0 or > MaxPerSet)
        {
            return Errno.EINVAL;
        }

        using (Table.Lock.Enter())
        {
            Errno error = Table.FindByKeyLocked(task.Credentials, key, flags, out SemaphoreSet? found);
            if (error != Errno.Success)
            {
                return error;
            }

            if (found is not null)
            {
                return count > found.Values.Length ? Errno.EINVAL : found.Permission.Id;
            }

            if (count == 0)
            {
                return Errno.EINVAL;
            }

            if (_total + count > MaxAll)
            {
                return Errno.ENOSPC;
            }

            _total += count;
            return Table.AddLocked(new SemaphoreSet(IpcPermission.Create(task.Credentials, key, flags), count)
            {
                ChangeTime = IpcTime.Now(),
            });
        }
    }

    /// <summary>semop(2), semtimedop(2): EAGAIN, EACCES, EFBIG, EIDRM, EINTR, EINVAL, ERANGE.</summary>
    public Errno Operate(Task task, int id, SemaphoreOperation[] operations, Deadline deadline)
    {
        SemaphoreSet? set;
        using (Table.Lock.Enter())
        {
            if (!Table.FindLocked(id).TryGet(out set, out Errno error))
            {
                return error;
            }

            bool alters = false;
            foreach (SemaphoreOperation operation in operations)
            {
                if (operation.Number >= set.Values.Length)
                {
                    return Errno.EFBIG;
                }

                alters |= operation.Delta != 0;
            }

            error = set.Permission.Check(task.Credentials, alters ? 2 : 4);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        var attempt = new SemaphoreAttempt(Table, set, operations);
        Result<long> result = BlockingIo.Run(task, set.Changed, PollEvents.In, ref attempt, deadline);
        attempt.Leave();
        return attempt.MustNotWait ? Errno.EAGAIN : result.Error == Errno.ERESTARTSYS ? Errno.EINTR
            : result.Error;
    }

    /// <summary>IPC_RMID.</summary>
    public Errno Remove(Task task, int id)
    {
        SemaphoreSet? set;
        using (Table.Lock.Enter())
        {
            if (!Table.FindLocked(id).TryGet(out set, out Errno error))
            {
                return error;
            }

            error = set.Permission.CheckControl(task.Credentials);
            if (error != Errno.Success)
            {
                return error;
            }

            _total -= set.Values.Length;
            Table.RemoveLocked(set);
        }

        set.Changed.Wake(PollEvents.In);
        return Errno.Success;
    }

    /// <summary>IPC_SET.</summary>
    public Errno Set(Task task, int id, in SemaphoreSetData data)
    {
        using (Table.Lock.Enter())
        {
            if (!Table.FindLocked(id).TryGet(out SemaphoreSet? set, out Errno error))
            {
                return error;
            }

            error = set.Permission.CheckControl(task.Credentials);
            if (error == Errno.Success)
            {
                set.Permission.Set(in data.Permission);
                set.ChangeTime = IpcTime.Now();
            }

            return error;
        }
    }

    /// <summary>IPC_STAT, SEM_STAT, SEM_STAT_ANY.</summary>
    public Result<(int Id, SemaphoreSetData Data)> Stat(Task task, int id, bool byIndex, bool checkAccess)
    {
        using (Table.Lock.Enter())
        {
            Result<SemaphoreSet> found = byIndex ? Table.FindIndexLocked(id) : Table.FindLocked(id);
            if (!found.TryGet(out SemaphoreSet? set, out Errno error))
            {
                return error;
            }

            error = checkAccess ? set.Permission.Check(task.Credentials, 4) : Errno.Success;
            return error != Errno.Success ? error : (set.Permission.Id, new SemaphoreSetData
            {
                Permission = set.Permission.ToData(),
                OperationTime = set.OperationTime,
                ChangeTime = set.ChangeTime,
                Count = (ulong)set.Values.Length,
            });
        }
    }

    /// <summary>GETVAL, GETPID, GETNCNT, GETZCNT.</summary>
    public Result<int> Query(Task task, int id, int number, SemaphoreQuery what)
    {
        using (Table.Lock.Enter())
        {
            if (!FindLocked(task, id, 4).TryGet(out SemaphoreSet? set, out Errno error))
            {
                return error;
            }

            if ((uint)number >= (uint)set.Values.Length)
            {
                return Errno.EINVAL;
            }

            return what switch
            {
                SemaphoreQuery.Value => set.Values[number],
                SemaphoreQuery.LastPid => set.LastPids[number],
                _ => CountWaits(set, number, what == SemaphoreQuery.WaitersForZero),
            };
        }
    }

    /// <summary>GETALL.</summary>
    public Result<ushort[]> GetAll(Task task, int id)
    {
        using (Table.Lock.Enter())
        {
            return FindLocked(task, id, 4).TryGet(out SemaphoreSet? set, out Errno error)
                ? set.Values.AsSpan().ToArray()
                : error;
        }
    }

    /// <summary>SETVAL (one value) and SETALL (as many as the set has).</summary>
    public Errno SetValues(Task task, int id, int first, ReadOnlySpan<ushort> values)
    {
        SemaphoreSet? set;
        using (Table.Lock.Enter())
        {
            if (!FindLocked(task, id, 2).TryGet(out set, out Errno error))
            {
                return error;
            }

            if (first < 0 || first > set.Values.Length - values.Length)
            {
                return Errno.EINVAL;
            }

            foreach (ushort value in values)
            {
                if (value > MaxValue)
                {
                    return Errno.ERANGE;
                }
            }

            for (int i = 0; i < values.Length; i++)
            {
                set.Values[first + i] = values[i];
                set.LastPids[first + i] = task.Group.ProcessId;
                set.ForgetUndoLocked(first + i);
            }

            set.ChangeTime = IpcTime.Now();
        }

        set.Changed.Wake(PollEvents.In);
        return Errno.Success;
    }

    /// <summary>SEM_INFO: sets, semaphores, and the highest index.</summary>
    public (int Highest, int Sets, int Total) GetUsage()
    {
        using (Table.Lock.Enter())
        {
            return (Table.HighestIndexLocked(), Table.Count, _total);
        }
    }

    /// <summary>Makes the SEM_UNDO adjustments of a process that ends.</summary>
    internal void Undo(ThreadGroup process)
    {
        List<SemaphoreSet>? changed = null;
        using (Table.Lock.Enter())
        {
            foreach (SemaphoreSet set in Table.ObjectsLocked())
            {
                if (set.HasUndoLocked && set.MakeUndoLocked(process))
                {
                    set.OperationTime = IpcTime.Now();
                    (changed ??= []).Add(set);
                }
            }
        }

        foreach (SemaphoreSet set in changed ?? [])
        {
            set.Changed.Wake(PollEvents.In);
        }
    }

    private Result<SemaphoreSet> FindLocked(Task task, int id, int wanted)
    {
        if (!Table.FindLocked(id).TryGet(out SemaphoreSet? set, out Errno error))
        {
            return error;
        }

        error = set.Permission.Check(task.Credentials, wanted);
        return error == Errno.Success ? set : error;
    }

    private static int CountWaits(SemaphoreSet set, int number, bool forZero)
    {
        int count = 0;
        foreach (SemaphoreWait wait in set.Waits)
        {
            count += wait.Number == number && wait.ForZero == forZero ? 1 : 0;
        }

        return count;
    }
}
