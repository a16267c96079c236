// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>A task's places when it waits for several words (futex_waitv(2)): made once and kept.</summary>
internal sealed class FutexPlaces(Task task)
{
    private TaskFutexWaiter[] _places = [];

    /// <summary>At least so many of them.</summary>
    internal TaskFutexWaiter[] Take(int count)
    {
        int had = _places.Length;
        if (had < count)
        {
            Array.Resize(ref _places, count);
            for (int i = had; i < count; i++)
            {
                _places[i] = new TaskFutexWaiter(task);
            }
        }

        return _places;
    }
}
