// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Rings;

/// <summary>Flags of io_uring_setup(2).</summary>
[Flags]
[LinuxPrefix("IORING_SETUP_")]
public enum RingSetupFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("IORING_SETUP_IOPOLL")] BusyPoll = 1,
    [LinuxName("IORING_SETUP_SQPOLL")] SubmissionThread = 1 << 1,
    [LinuxName("IORING_SETUP_SQ_AFF")] ThreadAffinity = 1 << 2,
    [LinuxName("IORING_SETUP_CQSIZE")] CompletionSize = 1 << 3,
    [LinuxName("IORING_SETUP_CLAMP")] Clamp = 1 << 4,
    [LinuxName("IORING_SETUP_ATTACH_WQ")] AttachWorkers = 1 << 5,
    [LinuxName("IORING_SETUP_R_DISABLED")] Disabled = 1 << 6,
    [LinuxName("IORING_SETUP_SUBMIT_ALL")] SubmitAll = 1 << 7,
    [LinuxName("IORING_SETUP_COOP_TASKRUN")] Cooperative = 1 << 8,
    [LinuxName("IORING_SETUP_TASKRUN_FLAG")] TaskRunFlag = 1 << 9,
    [LinuxName("IORING_SETUP_SINGLE_ISSUER")] SingleIssuer = 1 << 12,
    [LinuxName("IORING_SETUP_DEFER_TASKRUN")] DeferTaskRun = 1 << 13,
}
