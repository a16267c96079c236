// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Moat.Abi;

namespace Moat.Host.Seccomp;

/// <summary>struct seccomp_notif: a call that waits for its supervisor's answer.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SeccompNotification
{
    /// <summary>Cookie to answer with.</summary>
    public ulong Id;

    /// <summary>The calling thread, as seen from the listener's reader.</summary>
    public uint Pid;

    public uint Flags;

    /// <summary>System call number.</summary>
    public SyscallNumber Number;

    public uint Architecture;

    public ulong InstructionPointer;

    /// <summary>The six arguments.</summary>
    public SixArguments Arguments;

    /// <summary>Six registers.</summary>
    [InlineArray(6)]
    public struct SixArguments
    {
        private ulong _first;
    }
}
