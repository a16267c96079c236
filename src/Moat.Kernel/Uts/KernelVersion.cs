// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Uts;

/// <summary>What the guest kernel calls itself: uname(2), /proc/version, /proc/sys/kernel.</summary>
public static class KernelVersion
{
    public static ReadOnlySpan<byte> SystemName => "Linux"u8;

    /// <summary>A long-term series, so that programs take their modern paths.</summary>
    public static ReadOnlySpan<byte> Release => "6.12.0-moat"u8;

    public static ReadOnlySpan<byte> Version => "#1 SMP PREEMPT_DYNAMIC Moat 0.1.0"u8;

    public static ReadOnlySpan<byte> Machine => "x86_64"u8;
}
