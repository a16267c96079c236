// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>What stands around a <c>syscall</c> instruction, and so how it is patched.</summary>
internal enum SiteShape
{
    /// <summary><c>mov eax, imm32; syscall</c>: seven bytes become the jump.</summary>
    MoveEax,

    /// <summary><c>mov rax, imm32; syscall</c>: the move becomes the jump, the syscall stays.</summary>
    MoveRax,

    /// <summary>
    /// <c>xor eax, eax; syscall; cmp rax, -4096</c>: seven of ten bytes become the jump, the comparison moves
    /// into the trampoline.
    /// </summary>
    Zero,

    /// <summary>
    /// Anything else with padding near behind: the syscall becomes a short jump to the padding, which becomes
    /// the jump.
    /// </summary>
    Cave,
}
