// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Async;

/// <summary>Work that is noticed where it cannot be done: under a wait queue's lock.</summary>
public abstract class DeferredItem
{
    internal bool IsQueued;

    /// <summary>Whose process dies of an exception that is thrown, which is a bug of ours.</summary>
    protected internal abstract ThreadGroup Group { get; }

    /// <summary>Does it: never concurrently with itself, without locks, and without blocking.</summary>
    protected internal abstract void Run();
}
