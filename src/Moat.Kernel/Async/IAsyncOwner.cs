// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Async;

/// <summary>Holds requests of processes that may end before them: an io_uring instance.</summary>
public interface IAsyncOwner
{
    /// <summary>Ends all requests of an address space that goes away.</summary>
    void GiveUp(MemoryContext memory);
}
