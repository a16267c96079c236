// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Intrinsics.X86;

namespace Moat.Host;

/// <summary>What the CPU can do (CPUID, Intel SDM volume 2).</summary>
public static class Cpu
{
    private const int ExtendedFeatures = 7;
    private const int StateFeatures = 13;

    /// <summary>rdpid: leaf 7, ECX bit 22.</summary>
    public static bool HasRdpid { get; } =
        X86Base.CpuId(0, 0).Eax >= ExtendedFeatures && (X86Base.CpuId(ExtendedFeatures,
            0).Ecx & (1 << 22)) != 0;

    /// <summary>
    /// Bytes of the FP and vector state in a signal frame: what xsave writes for the enabled features (leaf
    /// 13,
    /// EBX), and the second magic word.
    /// </summary>
    public static int SignalFpBytes { get; } =
        X86Base.CpuId(0, 0).Eax >= StateFeatures ? X86Base.CpuId(StateFeatures, 0).Ebx + 4 : 512;
}
