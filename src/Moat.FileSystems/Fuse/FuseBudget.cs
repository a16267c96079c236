// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.FileSystems.Fuse;

/// <summary>How much kernel memory all daemons of a sandbox and those who ask them may hold.</summary>
/// <param name="requestBytes">For questions that wait, and their answers.</param>
/// <param name="mappedBytes">For files that are mapped.</param>
/// <param name="descriptors">For those files' descriptors.</param>
internal sealed class FuseBudget(long requestBytes, long mappedBytes, DescriptorBudget descriptors)
{
    private long _requests = requestBytes;
    private long _mapped = mappedBytes;

    internal DescriptorBudget Descriptors => descriptors;

    /// <summary>Takes room for a request; false when there is none (ENOMEM).</summary>
    internal bool TryTakeRequest(int bytes) => TryTake(ref _requests, bytes);

    internal void GiveRequest(int bytes) => Interlocked.Add(ref _requests, bytes);

    /// <summary>Takes room for a mapped file.</summary>
    internal bool TryTakeMapped(long bytes) => TryTake(ref _mapped, bytes);

    internal void GiveMapped(long bytes) => Interlocked.Add(ref _mapped, bytes);

    private static bool TryTake(ref long left, long bytes)
    {
        if (Interlocked.Add(ref left, -bytes) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref left, bytes);
        return false;
    }
}
