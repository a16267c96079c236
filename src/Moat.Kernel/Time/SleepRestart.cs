// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>An interrupted relative sleep, to go on until the same moment.</summary>
internal sealed class SleepRestart : IRestart
{
    private readonly Deadline _deadline;
    private readonly ulong _remainder;

    internal SleepRestart(Deadline deadline, ulong remainder)
    {
        _deadline = deadline;
        _remainder = remainder;
    }

    /// <inheritdoc/>
    public SysResult Resume(Task task) => TimedSleep.Relative(task, _deadline, _remainder);
}
