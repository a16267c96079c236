// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host.Seccomp;

/// <summary>Offsets in struct seccomp_data; arguments follow at 16 + 8 * index, low word first.</summary>
public enum SeccompField : uint
{
    Number = 0,
    Architecture = 4,
    InstructionPointerLow = 8,
    InstructionPointerHigh = 12,
    Argument0 = 16,
    Argument1 = 24,
    Argument2 = 32,
    Argument3 = 40,
    Argument4 = 48,
    Argument5 = 56,
}
