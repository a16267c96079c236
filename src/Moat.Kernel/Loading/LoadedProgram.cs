// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Loading;

/// <summary>Registers that a loaded program starts with; all others are 0.</summary>
/// <param name="InstructionPointer">rip: the interpreter's entry point, or the program's own.</param>
/// <param name="StackPointer">rsp: at argc.</param>
public readonly record struct LoadedProgram(ulong InstructionPointer, ulong StackPointer);
