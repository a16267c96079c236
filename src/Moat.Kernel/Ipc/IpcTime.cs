// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Ipc;

/// <summary>The clock of System V objects.</summary>
internal static class IpcTime
{
    /// <summary>CLOCK_REALTIME in whole seconds.</summary>
    public static long Now() => Clock.RealtimeNs() / 1_000_000_000;
}
