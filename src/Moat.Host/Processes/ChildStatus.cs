// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host.Processes;

/// <summary>How a child process ended, from waitid(2).</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Code">CLD_EXITED 1, CLD_KILLED 2 or CLD_DUMPED 3.</param>
/// <param name="Status">The exit status or the signal.</param>
public readonly record struct ChildStatus(int Pid, int Code, int Status)
{
    /// <summary>
    /// True when it called exit; then <see cref="Status"/> is its status, else the signal that killed it.
    /// </summary>
    public bool Exited => Code == 1;
}
