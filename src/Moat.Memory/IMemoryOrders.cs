// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;
using Moat.Host;

namespace Moat.Memory;

/// <summary>
/// Carries host memory calls out inside a stub process. The platform implements it for the calling task's
/// thread.
/// </summary>
public interface IMemoryOrders
{
    /// <summary>
    /// Has the stub make these calls in turn (mmap, munmap, mprotect, mremap, madvise, msync, mlock ...),
    /// stopping at
    /// the first that fails.
    /// </summary>
    /// <param name="orders">The calls. An mmap with a file carries the kernel process's own descriptor in
    /// <see cref="MemoryOrder.HostFd"/>; the platform installs it for the time of the call.</param>
    /// <returns>The last call's value, or the error of the one that failed.</returns>
    Result<ulong> Execute(ReadOnlySpan<MemoryOrder> orders);
}
