// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Prctl;

/// <summary>Codes of arch_prctl(2) on x86-64.</summary>
[LinuxPrefix("ARCH_")]
public enum ArchPrctlCode
{
    [LinuxName("ARCH_SET_GS")] SetGs = 0x1001,
    [LinuxName("ARCH_SET_FS")] SetFs = 0x1002,
    [LinuxName("ARCH_GET_FS")] GetFs = 0x1003,
    [LinuxName("ARCH_GET_GS")] GetGs = 0x1004,
    [LinuxName("ARCH_GET_CPUID")] GetCpuid = 0x1011,
    [LinuxName("ARCH_SET_CPUID")] SetCpuid = 0x1012,
}
