// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.FileSystems;

/// <summary>
/// How many host descriptors the file systems of a sandbox may hold: the guest must not use up the kernel
/// process's.
/// </summary>
public sealed class DescriptorBudget
{
    private int _left;

    /// <summary>A budget of so many descriptors; leave enough of RLIMIT_NOFILE for everything else.</summary>
    public DescriptorBudget(int limit) => _left = limit;

    /// <summary>Descriptors that may still be opened.</summary>
    public int Left => Volatile.Read(ref _left);

    /// <summary>Takes one; false when none is left (ENFILE).</summary>
    public bool TryTake()
    {
        if (Interlocked.Decrement(ref _left) >= 0)
        {
            return true;
        }

        Interlocked.Increment(ref _left);
        return false;
    }

    /// <summary>Gives one back after closing it.</summary>
    public void GiveBack() => Interlocked.Increment(ref _left);
}
