// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Platform;

/// <summary>Counts how often each syscall instruction of a process has trapped.</summary>
/// <remarks>Locks: a leaf lock. Invariants: bounded, since a guest can make sites without end.</remarks>
internal sealed class HotSites(bool isOn)
{
    private volatile bool _isOn = isOn;
    private const int MostSites = 4096;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<ulong, int> _counts = [];

    /// <summary>Whether the process's sites are patched at all.</summary>
    internal bool IsOn => _isOn;

    /// <summary>No site of the process is patched from now on.</summary>
    internal void TurnOff() => _isOn = false;

    /// <summary>A trap came from before this address; returns it once, when it has become hot, else 0.
    /// </summary>
    internal ulong Note(ulong rip)
    {
        if (!_isOn)
        {
            return 0;
        }

        using (_lock.Enter())
        {
            if (_counts.Count >= MostSites)
            {
                _counts.Clear();
            }

            ref int count = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
                _counts, rip, out _);
            // A patch costs about as much as ten traps. What could not be patched is tried again much later:
            // other text may be there by then.
            return ++count is 6 or 256 or 65536 ? rip : 0;
        }
    }
}
