// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>Flags of memfd_create(2).</summary>
[Flags]
public enum MemfdCreateFlags : uint
{
    [LinuxName("MFD_CLOEXEC")] CloseOnExec = 1,
    [LinuxName("MFD_ALLOW_SEALING")] AllowSealing = 2,
    [LinuxName("MFD_HUGETLB")] HugePages = 4,
    [LinuxName("MFD_NOEXEC_SEAL")] NoExecSeal = 8,
    [LinuxName("MFD_EXEC")] Exec = 16,
}
