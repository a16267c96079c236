// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host.Seccomp;

/// <summary>What a filter answers (SECCOMP_RET_*); the low 16 bits are data.</summary>
/// <param name="Value">The word.</param>
public readonly record struct SeccompAction(uint Value)
{
    public static readonly SeccompAction KillProcess = new(0x80000000);
    public static readonly SeccompAction KillThread = new(0);
    public static readonly SeccompAction Trap = new(0x00030000);
    public static readonly SeccompAction UserNotify = new(0x7fc00000);
    public static readonly SeccompAction Log = new(0x7ffc0000);
    public static readonly SeccompAction Allow = new(0x7fff0000);

    /// <summary>Fail the call with an error number.</summary>
    public static SeccompAction Fail(Errno error) => new(0x00050000 | (uint)error);
}
