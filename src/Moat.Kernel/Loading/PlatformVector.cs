// SPDX-License-Identifier: Apache-2.0
using System.Runtime.Intrinsics.X86;

namespace Moat.Kernel.Loading;

/// <summary>What the machine contributes to the auxiliary vector.</summary>
/// <param name="VdsoAddress">AT_SYSINFO_EHDR; 0 for no vDSO.</param>
/// <param name="HardwareCapabilities">AT_HWCAP: edx of CPUID leaf 1.</param>
/// <param name="HardwareCapabilities2">AT_HWCAP2: bit 1 when user code may use FSGSBASE.</param>
/// <param name="MinSignalStack">AT_MINSIGSTKSZ: size of a signal frame with all vector state.</param>
public readonly record struct PlatformVector(
    ulong VdsoAddress, ulong HardwareCapabilities, ulong HardwareCapabilities2, ulong MinSignalStack)
{
    private const ulong FsGsBase = 2;

    /// <summary>
    /// Signal frame without the xsave area: pretcode, ucontext, siginfo, padding, red zone
    /// (arch/x86/kernel/signal.c).
    /// </summary>
    private const ulong FrameOverhead = 944;

    // Asked once: CPUID leaves the guest in a virtual machine, which costs microseconds.
    private static readonly PlatformVector s_thisCpu = Ask();

    /// <summary>The host's values, for guest programs run natively on this CPU.</summary>
    public static PlatformVector ForThisCpu(ulong vdsoAddress) =>
        s_thisCpu with { VdsoAddress = vdsoAddress };

    private static PlatformVector Ask()
    {
        (_, int enabledXsave, _, _) = X86Base.CpuId(0xd, 0);
        (_, _, _, int features1) = X86Base.CpuId(1, 0);
        return new(0, (uint)features1, Host.Cpu.HasFsGsBase
            ? FsGsBase : 0, FrameOverhead + (uint)enabledXsave);
    }
}
