// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Memory;

namespace Moat.Kernel.Futex;

/// <summary>
/// The val3 of FUTEX_WAKE_OP: an operation on a word and a test of its old value (futex(2)).
/// </summary>
/// <param name="Encoded">op:4 (8 is FUTEX_OP_ARG_SHIFT), cmp:4, oparg:12, cmparg:12.</param>
internal readonly record struct FutexOperation(uint Encoded)
{
    private const int MaximumTries = 64;

    /// <summary>Changes the word; returns whether its old value passes the test.</summary>
    /// <remarks>
    /// A loop of <see cref="UserMemory.CompareExchange"/>: as atomic as that is. EAGAIN after many lost
    /// races, as on architectures whose loops are bounded.
    /// </remarks>
    internal Result<bool> Apply(UserMemory memory, ulong address)
    {
        uint operation = Encoded >> 28 & 7;
        int operand = SignExtend12(Encoded >> 12);
        if ((Encoded & 0x8000_0000) != 0)
        {
            // Linux masks an operand out of range rather than refuse it.
            operand = 1 << (operand & 31);
        }

        Errno error = memory.Read(address, out uint old);
        for (int tries = 0; error == Errno.Success; tries++)
        {
            uint? changed = Compute(operation, old, (uint)operand);
            if (changed is null)
            {
                return Errno.ENOSYS;
            }

            if (tries == MaximumTries)
            {
                return Errno.EAGAIN;
            }

            error = memory.CompareExchange(address, old, changed.Value, out uint observed);
            if (error == Errno.Success && observed == old)
            {
                return Test(Encoded >> 24 & 15, (int)old, SignExtend12(Encoded));
            }

            old = observed;
        }

        return error;
    }

    private static uint? Compute(uint operation, uint old, uint operand) => operation switch
    {
        0 => operand,
        1 => old + operand,
        2 => old | operand,
        3 => old & ~operand,
        4 => old ^ operand,
        _ => null,
    };

    private static Result<bool> Test(uint comparison, int old, int operand) => comparison switch
    {
        0 => old == operand,
        1 => old != operand,
        2 => old < operand,
        3 => old <= operand,
        4 => old > operand,
        5 => old >= operand,
        _ => Errno.ENOSYS,
    };

    private static int SignExtend12(uint value) => (int)(value << 20) >> 20;
}
