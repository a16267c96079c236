// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>The system call that a guest thread is in: number, arguments, and its result so far.</summary>
public struct GuestCall
{
    /// <summary>The number: as in Linux's entry code, the low half of rax.</summary>
    public uint Number;

    /// <summary>rdi.</summary>
    public ulong A0;

    /// <summary>rsi.</summary>
    public ulong A1;

    /// <summary>rdx.</summary>
    public ulong A2;

    /// <summary>r10.</summary>
    public ulong A3;

    /// <summary>r8.</summary>
    public ulong A4;

    /// <summary>r9.</summary>
    public ulong A5;

    /// <summary>What rax holds when the guest goes on; at entry the number.</summary>
    public ulong Result;

    /// <summary>The call in a trap's registers.</summary>
    internal static GuestCall Of(in GuestRegisters r) => new()
    {
        Number = (uint)r.Rax, A0 = r.Rdi, A1 = r.Rsi, A2 = r.Rdx, A3 = r.R10, A4 = r.R8, A5 = r.R9,
        Result = r.Rax,
    };
}
