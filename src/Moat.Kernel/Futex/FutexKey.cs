// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Kernel.Futex;

/// <summary>
/// What a futex word is, whoever names it: (address space, address) or (memory object, offset).
/// </summary>
/// <param name="Owner">The <see cref="IFutexSpace"/> or the <see cref="MemoryObject"/>.</param>
/// <param name="Offset">The address or the offset.</param>
public readonly record struct FutexKey(object Owner, ulong Offset)
{
    /// <summary>
    /// The end of user addresses (TASK_SIZE_MAX of x86-64 with four levels of page tables).
    /// </summary>
    private const ulong UserEnd = 0x7fff_ffff_f000;

    /// <summary>
    /// The key of a word: EINVAL when misaligned, EFAULT when it cannot be a word of this space.
    /// </summary>
    public static Result<FutexKey> Resolve(IFutexSpace space, ulong address, bool isPrivate)
    {
        if ((address & 3) != 0)
        {
            return Errno.EINVAL;
        }

        // Of a word, access_ok looks at the first byte only, and lets the very end pass.
        if (address > UserEnd)
        {
            return Errno.EFAULT;
        }

        if (isPrivate)
        {
            return new FutexKey(space, address);
        }

        Errno error = space.ResolveSharedWord(address, out MemoryObject? memory, out ulong offset);
        if (error != Errno.Success)
        {
            return error;
        }

        return memory is null ? new FutexKey(space, address) : new FutexKey(memory, offset);
    }

    /// <summary>True for the same word; owners are compared by identity.</summary>
    public bool Equals(FutexKey other) => ReferenceEquals(Owner, other.Owner) && Offset == other.Offset;

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        ulong mixed =
            ((ulong)(uint)RuntimeHelpers.GetHashCode(Owner) ^ (Offset >> 2)) * 0x9E37_79B9_7F4A_7C15;
        return (int)(mixed >> 32);
    }
}
