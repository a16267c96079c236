// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Seccomp;

/// <summary>SECCOMP_RET_ actions of a filter (seccomp(2)); as signed numbers, the lowest wins.</summary>
[LinuxPrefix("SECCOMP_RET_")]
public enum SeccompAction : uint
{
    [LinuxName("SECCOMP_RET_KILL_PROCESS")] KillProcess = 0x80000000,
    [LinuxName("SECCOMP_RET_KILL_THREAD")] KillThread = 0,
    Trap = 0x00030000,
    [LinuxName("SECCOMP_RET_ERRNO")] Error = 0x00050000,
    [LinuxName("SECCOMP_RET_USER_NOTIF")] UserNotification = 0x7fc00000,
    Trace = 0x7ff00000,
    Log = 0x7ffc0000,
    Allow = 0x7fff0000,

    /// <summary>The bits that are the action; the others are its data.</summary>
    [LinuxName("SECCOMP_RET_ACTION_FULL")] Mask = 0xffff0000,
}
