// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Vfs;

namespace Moat.Kernel.Aio;

/// <summary>Counts completions in an eventfd (eventfd_signal).</summary>
public static class AioEvents
{
    /// <summary>Adds one; a counter that is full stays so.</summary>
    public static void Signal(Caller caller, OpenFile counter)
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        _ = counter.Write(caller, one);
    }
}
