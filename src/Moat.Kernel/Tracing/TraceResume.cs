// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tracing;

/// <summary>How a tracee was let go.</summary>
public enum TraceResume
{
    /// <summary>Until something happens.</summary>
    Continue,

    /// <summary>Until the next entry into or exit from a system call.</summary>
    Syscall,

    /// <summary>For one instruction.</summary>
    Step,

    /// <summary>Until the next system call, which is not made.</summary>
    Emulate,

    /// <summary>The same, one instruction at a time.</summary>
    EmulateStep,
}
