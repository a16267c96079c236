// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Kernel.Seccomp;

/// <summary>How many filter instructions all guest processes together may have the kernel keep.</summary>
public sealed class SeccompBudget
{
    private const int Most = 4 << 20;
    private int _used;

    /// <summary>Takes room for a program; false when there is none.</summary>
    internal bool TryTake(int instructions)
    {
        if (Interlocked.Add(ref _used, instructions) <= Most)
        {
            return true;
        }

        Give(instructions);
        return false;
    }

    /// <summary>Gives it back.</summary>
    internal void Give(int instructions) => Interlocked.Add(ref _used, -instructions);
}
