// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>Why a blocked task goes on.</summary>
public enum BlockResult
{
    /// <summary>Something it waits for may have happened: look again.</summary>
    Woken,

    /// <summary>The deadline has passed.</summary>
    TimedOut,

    /// <summary>A signal, kill, stop or snapshot wants the task: end the call with a restart code.</summary>
    Interrupted,
}
