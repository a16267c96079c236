// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>
/// One look at a PI word on behalf of a task: takes it when it is free, else finds out whom it waits for
/// (futex_lock_pi_atomic). The slot's lock is held, and guest threads that may change the word are.
/// </summary>
/// <param name="For">Who wants it.</param>
/// <param name="Caller">Whose call it is.</param>
/// <param name="Address">Where the caller sees it.</param>
/// <param name="Key">The word.</param>
internal readonly record struct PiAcquisition(Task For, Task Caller, ulong Address, FutexKey Key)
{
    /// <summary>Acquires or attaches.</summary>
    /// <param name="slot">The key's slot, locked.</param>
    /// <param name="word">What the word is.</param>
    /// <param name="owner">The task that the word names; null when there is none.</param>
    /// <param name="moreFollow">Others will be put in line behind it.</param>
    /// <returns>Null when it has the word; the state to get in line at; EBUSY to try again soon.</returns>
    internal Result<PiState?> AttemptLocked(PiSlot slot, uint word, Task? owner, bool moreFollow)
    {
        LinuxKernel kernel = For.Kernel;
        uint tid = word & PiWord.TidMask;
        if (slot.FindLocked(Key) is { } state)
        {
            bool ownerDied = tid == 0 && (word & PiWord.OwnerDied) != 0;
            return ownerDied || tid == (uint)(state.Owner?.OwnId ?? 0) ? state : Errno.EINVAL;
        }

        if (kernel.Futexes.Peek(Key) is { Kind: not FutexWaiterKind.Pi })
        {
            return Errno.EINVAL;
        }

        uint desired = tid == 0
            ? (word & PiWord.OwnerDied) | (uint)For.OwnId | (moreFollow ? PiWord.Waiters : 0)
            : word | PiWord.Waiters;
        Errno error = Caller.Mm.Memory.CompareExchange(Address, word, desired, out uint observed);
        if (error != Errno.Success || observed != word)
        {
            return error != Errno.Success ? error : Errno.EBUSY;
        }

        if (tid == 0)
        {
            return (PiState?)null;
        }

        if (owner is null)
        {
            return Errno.ESRCH;
        }

        PiState created = kernel.PiFutexes.CreateLocked(slot, Key, owner);
        if (!owner.HasLeft)
        {
            return created;
        }

        // One that is ending marks its words first; what it has not marked then was never its own.
        kernel.PiFutexes.DropIfEmptyLocked(slot, created);
        return owner.HasReleasedFutexes ? Errno.ESRCH : Errno.EBUSY;
    }
}
