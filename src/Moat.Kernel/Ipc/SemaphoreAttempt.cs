// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Ipc;

/// <summary>One semop call: tried again whenever its set has changed.</summary>
internal struct SemaphoreAttempt(IpcTable<SemaphoreSet> table, SemaphoreSet set,
    SemaphoreOperation[] operations)
    : IBlockingOperation
{
    private SemaphoreWait? _wait;

    /// <summary>True when the last EAGAIN was for an operation with IPC_NOWAIT.</summary>
    public bool MustNotWait { get; private set; }

    public readonly long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        bool changed = false;
        using (table.Lock.Enter())
        {
            if (set.Permission.IsRemoved)
            {
                return Errno.EIDRM;
            }

            SemaphoreWait wait = _wait ?? new SemaphoreWait();
            Errno error = set.ApplyLocked(task.Group, operations, wait, out bool mayWait);
            if (error == Errno.EAGAIN && mayWait)
            {
                if (_wait is null)
                {
                    _wait = wait;
                    set.Waits.Add(wait);
                }

                return Errno.EAGAIN;
            }

            ForgetLocked();
            if (error != Errno.Success)
            {
                // A refusal by IPC_NOWAIT must not read as "wait": it is a result, not an error, until the
                // call returns.
                MustNotWait = error == Errno.EAGAIN;
                return MustNotWait ? 0L : error;
            }

            set.OperationTime = IpcTime.Now();
            foreach (SemaphoreOperation operation in operations)
            {
                changed |= operation.Delta != 0;
            }
        }

        if (changed)
        {
            set.Changed.Wake(PollEvents.In);
        }

        return 0;
    }

    /// <summary>The call ends: its task is no longer counted as waiting.</summary>
    public void Leave()
    {
        using (table.Lock.Enter())
        {
            ForgetLocked();
        }
    }

    private void ForgetLocked()
    {
        if (_wait is not null)
        {
            set.Waits.Remove(_wait);
            _wait = null;
        }
    }
}
