// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Rings;

/// <summary>
/// Begins the requests of an instance whose turn comes when another ends: one at a time, so that instances
/// of other processes have their turn between.
/// </summary>
internal sealed class RingPump(RingFile ring, Task task) : DeferredItem
{
    private readonly LinuxKernel _kernel = task.Kernel;

    protected override ThreadGroup Group { get; } = task.Group;

    internal void Post() => _kernel.Deferred.Post(this);

    protected override void Run()
    {
        if (RingEngine.StartNext(ring))
        {
            ring.GoOn();
        }
    }
}
