// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Utsname;

namespace Moat.Host.Clocks;

/// <summary>The machine's memory and load.</summary>
public static unsafe class HostMemoryInfo
{
    /// <summary>sysinfo(2) of the host.</summary>
    [HostCall("sysinfo", Why = "memory sizes and load for the guest's sysinfo")]
    public static SystemInformation Read()
    {
        SystemInformation information = default;
        // SAFETY: the structure is on this thread's stack and as large as the kernel's.
        _ = HostCall.Invoke(SyscallNumber.sysinfo, (ulong)&information);
        return information;
    }
}
