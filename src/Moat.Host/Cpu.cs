// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Moat.Host;

/// <summary>What the CPU can do (CPUID, Intel SDM volume 2).</summary>
public static partial class Cpu
{
    private const int ExtendedFeatures = 7;
    private const int StateFeatures = 13;

    /// <summary>rdpid: leaf 7, ECX bit 22.</summary>
    public static bool HasRdpid { get; } =
        X86Base.CpuId(0, 0).Eax >= ExtendedFeatures && (X86Base.CpuId(ExtendedFeatures,
            0).Ecx & (1 << 22)) != 0;

    /// <summary>
    /// Whether the host lets user code read and write its segment bases by instruction (AT_HWCAP2 bit 1).
    /// Where it does not, a base written by instruction is lost at the next context switch, even if the CPU
    /// has the instructions (Documentation/arch/x86/x86_64/fsgs.rst).
    /// </summary>
    public static bool HasFsGsBase { get; } = (getauxval(HardwareCapabilities2) & 2) != 0;

    /// <summary>
    /// Bytes of the FP and vector state in a signal frame: what xsave writes for the enabled features (leaf
    /// 13,
    /// EBX), and the second magic word.
    /// </summary>
    public static int SignalFpBytes { get; } =
        X86Base.CpuId(0, 0).Eax >= StateFeatures ? X86Base.CpuId(StateFeatures, 0).Ebx + 4 : 512;

    private const ulong HardwareCapabilities2 = 26;

    [LibraryImport("libc")]
    private static partial ulong getauxval(ulong type);
}
