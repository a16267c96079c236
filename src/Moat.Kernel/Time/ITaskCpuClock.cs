// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>Measures the CPU time of one guest thread: its stub thread's, and its task thread's as system time.</summary>
public interface ITaskCpuClock
{
    /// <summary>CPU time since the thread began. Callable from any thread.</summary>
    CpuTimes Read();
}
