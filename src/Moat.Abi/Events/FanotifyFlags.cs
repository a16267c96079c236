// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Events;

/// <summary>Flags of fanotify_init(2).</summary>
[Flags]
[LinuxPrefix("FAN_")]
public enum FanotifyFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FAN_CLOEXEC")] CloseOnExec = 0x1,
    [LinuxName("FAN_NONBLOCK")] NonBlock = 0x2,
    [LinuxName("FAN_CLASS_CONTENT")] ClassContent = 0x4,
    [LinuxName("FAN_CLASS_PRE_CONTENT")] ClassPreContent = 0x8,
    [LinuxName("FAN_UNLIMITED_QUEUE")] UnlimitedQueue = 0x10,
    [LinuxName("FAN_UNLIMITED_MARKS")] UnlimitedMarks = 0x20,
    [LinuxName("FAN_ENABLE_AUDIT")] EnableAudit = 0x40,
    [LinuxName("FAN_REPORT_PIDFD")] ReportPidFd = 0x80,
    [LinuxName("FAN_REPORT_TID")] ReportThread = 0x100,
    [LinuxName("FAN_REPORT_FID")] ReportFile = 0x200,
    [LinuxName("FAN_REPORT_DIR_FID")] ReportDirectory = 0x400,
    [LinuxName("FAN_REPORT_NAME")] ReportName = 0x800,
    [LinuxName("FAN_REPORT_TARGET_FID")] ReportTarget = 0x1000,

    /// <summary>FAN_REPORT_FD_ERROR (Linux 6.13): why there is no descriptor stands in its place.</summary>
    [LinuxName("")] ReportFdError = 0x2000,

    /// <summary>Groups that may be asked for permission.</summary>
    [LinuxName("")] AnyContent = ClassContent | ClassPreContent,

    /// <summary>Events name files by handles, not descriptors.</summary>
    [LinuxName("")] AnyHandle = ReportFile | ReportDirectory | ReportName | ReportTarget,
}
