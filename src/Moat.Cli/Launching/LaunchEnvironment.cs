// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Control.Boot;

namespace Moat.Cli.Launching;

/// <summary>Environment of the kernel process: what its runtime cannot find out in an empty root.</summary>
internal static class LaunchEnvironment
{
    private const long LargestHeap = 4L << 30;

    /// <summary>NAME=value strings.</summary>
    internal static IReadOnlyList<string> Of(BootRequest request)
    {
        long heap = request.MemoryBytes / 2;
        heap = heap is <= 0 or > LargestHeap ? LargestHeap : heap;
        return
        [
            $"DOTNET_GCHeapHardLimit={heap:x}",
            "DOTNET_GCgen0size=400000",
            "DOTNET_gcConcurrent=0",
        ];
    }
}
