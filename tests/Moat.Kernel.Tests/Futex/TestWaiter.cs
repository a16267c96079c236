// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Kernel.Futex;

namespace Moat.Kernel.Tests.Futex;

/// <summary>A futex waiter of a plain thread.</summary>
internal sealed class TestWaiter : FutexWaiter
{
    private readonly SemaphoreSlim _semaphore = new(0);

    internal bool Sleep(int milliseconds)
    {
        while (!IsWoken)
        {
            if (!_semaphore.Wait(milliseconds))
            {
                return IsWoken;
            }
        }

        return true;
    }

    protected override void OnWoken() => _semaphore.Release();
}
