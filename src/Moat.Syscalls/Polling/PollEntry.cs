// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.Syscalls.Polling;

/// <summary>One file of a poll or select call.</summary>
internal struct PollEntry
{
    /// <summary>The file, referenced while the call runs; null for a descriptor that is not open.</summary>
    internal OpenFile? File;

    /// <summary>The events to report.</summary>
    internal PollEvents Wanted;

    /// <summary>The events found.</summary>
    internal PollEvents Found;
}
