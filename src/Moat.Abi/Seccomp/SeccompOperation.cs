// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Seccomp;

/// <summary>Operations of seccomp(2).</summary>
[LinuxPrefix("SECCOMP_")]
public enum SeccompOperation : uint
{
    [LinuxName("SECCOMP_SET_MODE_STRICT")] SetStrict = 0,
    [LinuxName("SECCOMP_SET_MODE_FILTER")] SetFilter = 1,
    [LinuxName("SECCOMP_GET_ACTION_AVAIL")] GetActionAvailable = 2,
    [LinuxName("SECCOMP_GET_NOTIF_SIZES")] GetNotificationSizes = 3,
}
