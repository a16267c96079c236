// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Kernel.Futex;

/// <summary>Futex words whose keys hash alike, while the kernel changes one of them.</summary>
/// <remarks>Locks: <see cref="Lock"/> guards the states, and that only one command changes a word.</remarks>
internal sealed class PiSlot
{
    internal readonly RankedLock Lock = new(LockRank.FutexWord);
    private readonly Dictionary<FutexKey, PiState> _states = [];

    internal Dictionary<FutexKey, PiState>.ValueCollection StatesLocked => _states.Values;

    internal PiState? FindLocked(in FutexKey key) => _states.GetValueOrDefault(key);

    internal void AddLocked(PiState state) => _states[state.Key] = state;

    /// <summary>Forgets a state that nobody waits for.</summary>
    internal bool DropIfEmptyLocked(PiState state) =>
        state.IsEmpty && FindLocked(state.Key) == state && _states.Remove(state.Key);
}
