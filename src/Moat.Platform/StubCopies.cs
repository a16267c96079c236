// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Host.Processes;

namespace Moat.Platform;

/// <summary>The queued outputs of a call, written by the host's own copying instead of the stub's.</summary>
internal static class StubCopies
{
    /// <summary>Writes so many; false when one faulted.</summary>
    internal static bool Write(StubProcess process, CallWindow window, int count)
    {
        bool done = true;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> bytes = window.Output(i, out ulong address);
            done &= ProcessMemory.Write(process.Pid, address, bytes).TryGet(out int written, out _)
                && written == bytes.Length;
        }

        return done;
    }
}
