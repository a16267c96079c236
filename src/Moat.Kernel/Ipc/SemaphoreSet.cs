// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>A System V semaphore set.</summary>
/// <remarks>Locks: the table's.</remarks>
public sealed class SemaphoreSet : IIpcObject
{
    private const int NoWait = 0x800;
    private const int WithUndo = 0x1000;
    private readonly Dictionary<ThreadGroup, short[]> _undo = [];

    internal SemaphoreSet(IpcPermission permission, int count)
    {
        Permission = permission;
        Values = new ushort[count];
        LastPids = new int[count];
    }

    public IpcPermission Permission { get; }

    /// <summary>Woken when a value changes or the set is removed.</summary>
    public WaitQueue Changed { get; } = new();

    public long OperationTime { get; internal set; }

    public long ChangeTime { get; internal set; }

    /// <summary>How many semaphores it has.</summary>
    public int Count => Values.Length;

    internal ushort[] Values { get; }

    internal int[] LastPids { get; }

    internal List<SemaphoreWait> Waits { get; } = [];

    internal bool HasUndoLocked => _undo.Count > 0;

    /// <summary>Does all operations or none (semop(2)).</summary>
    /// <param name="process">The caller's process.</param>
    /// <param name="operations">Their numbers are below the set's size.</param>
    /// <param name="wait">Told what blocks, on EAGAIN.</param>
    /// <param name="mayWait">With EAGAIN: false when the blocking operation has IPC_NOWAIT.</param>
    /// <returns>EAGAIN, ERANGE.</returns>
    internal Errno ApplyLocked(
        ThreadGroup process, ReadOnlySpan<SemaphoreOperation> operations, SemaphoreWait wait,
            out bool mayWait)
    {
        mayWait = false;
        Errno error = Errno.Success;
        int done = 0;
        short[]? undo = UndoLocked(process, operations);
        for (; done < operations.Length && error == Errno.Success; done++)
        {
            SemaphoreOperation operation = operations[done];
            int value = Values[operation.Number];
            int result = value + operation.Delta;
            if ((operation.Delta == 0 && value != 0) || result < 0)
            {
                wait.Number = operation.Number;
                wait.ForZero = operation.Delta == 0;
                mayWait = (operation.Flags & NoWait) == 0;
                error = Errno.EAGAIN;
                break;
            }

            if (result > Semaphores.MaxValue)
            {
                error = Errno.ERANGE;
                break;
            }

            if ((operation.Flags & WithUndo) != 0)
            {
                int adjustment = undo![operation.Number] - operation.Delta;
                if (adjustment is < -Semaphores.MaxValue - 1 or > Semaphores.MaxValue)
                {
                    error = Errno.ERANGE;
                    break;
                }

                undo[operation.Number] = (short)adjustment;
            }

            Values[operation.Number] = (ushort)result;
        }

        if (error != Errno.Success)
        {
            TakeBack(operations[..done], undo);
            return error;
        }

        foreach (SemaphoreOperation operation in operations)
        {
            LastPids[operation.Number] = process.ProcessId;
        }

        return Errno.Success;
    }

    /// <summary>Makes a process's adjustments and forgets them; true when there were any.</summary>
    internal bool MakeUndoLocked(ThreadGroup process)
    {
        if (!_undo.Remove(process, out short[]? adjustments))
        {
            return false;
        }

        for (int i = 0; i < adjustments.Length; i++)
        {
            if (adjustments[i] != 0)
            {
                Values[i] = (ushort)Math.Clamp(Values[i] + adjustments[i], 0, Semaphores.MaxValue);
                LastPids[i] = process.ProcessId;
            }
        }

        return true;
    }

    /// <summary>SETVAL and SETALL: nobody's adjustments for this semaphore count any longer.</summary>
    internal void ForgetUndoLocked(int number)
    {
        foreach (short[] adjustments in _undo.Values)
        {
            adjustments[number] = 0;
        }
    }

    private short[]? UndoLocked(ThreadGroup process, ReadOnlySpan<SemaphoreOperation> operations)
    {
        foreach (SemaphoreOperation operation in operations)
        {
            if ((operation.Flags & WithUndo) != 0)
            {
                if (!_undo.TryGetValue(process, out short[]? undo))
                {
                    undo = new short[Values.Length];
                    _undo[process] = undo;
                }

                return undo;
            }
        }

        return null;
    }

    private void TakeBack(ReadOnlySpan<SemaphoreOperation> done, short[]? undo)
    {
        foreach (SemaphoreOperation operation in done)
        {
            Values[operation.Number] = (ushort)(Values[operation.Number] - operation.Delta);
            if ((operation.Flags & WithUndo) != 0)
            {
                undo![operation.Number] += operation.Delta;
            }
        }
    }
}
