// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Loading;

/// <summary>Entry types of the auxiliary vector (getauxval(3)).</summary>
internal enum AuxiliaryTag : ulong
{
    Null = 0,
    ProgramHeaders = 3,
    ProgramHeaderSize = 4,
    ProgramHeaderCount = 5,
    PageSize = 6,
    InterpreterBase = 7,
    Flags = 8,
    Entry = 9,
    Uid = 11,
    EffectiveUid = 12,
    Gid = 13,
    EffectiveGid = 14,
    Platform = 15,
    HardwareCapabilities = 16,
    ClockTicks = 17,
    Secure = 23,
    Random = 25,
    HardwareCapabilities2 = 26,
    FileName = 31,
    Vdso = 33,
    MinSignalStack = 51,
}
