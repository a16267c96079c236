// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls.Rings;

/// <summary>What a request does; each change has one winner.</summary>
internal enum RingState
{
    /// <summary>It waits for its turn: a link before it, or a drain.</summary>
    Waiting,

    /// <summary>A thread works on it.</summary>
    Running,

    /// <summary>It waits for a file to be ready.</summary>
    Armed,

    /// <summary>It waits for a point in time.</summary>
    Timed,

    /// <summary>Its completion has been decided.</summary>
    Done,
}
