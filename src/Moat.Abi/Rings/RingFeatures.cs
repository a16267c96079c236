// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Rings;

/// <summary>IORING_FEAT_*: what io_uring_setup(2) says that it can do.</summary>
[Flags]
[LinuxPrefix("IORING_FEAT_")]
public enum RingFeatures : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("IORING_FEAT_SINGLE_MMAP")] SingleMap = 1,
    [LinuxName("IORING_FEAT_NODROP")] NoDrop = 1 << 1,
    [LinuxName("IORING_FEAT_SUBMIT_STABLE")] SubmitStable = 1 << 2,
    [LinuxName("IORING_FEAT_RW_CUR_POS")] CurrentPosition = 1 << 3,
    [LinuxName("IORING_FEAT_CUR_PERSONALITY")] CurrentPersonality = 1 << 4,
    [LinuxName("IORING_FEAT_FAST_POLL")] FastPoll = 1 << 5,
    [LinuxName("IORING_FEAT_POLL_32BITS")] Poll32Bits = 1 << 6,
    [LinuxName("IORING_FEAT_EXT_ARG")] ExtendedArgument = 1 << 8,
    [LinuxName("IORING_FEAT_NATIVE_WORKERS")] NativeWorkers = 1 << 9,
    [LinuxName("IORING_FEAT_CQE_SKIP")] SkipCompletion = 1 << 11,
    [LinuxName("IORING_FEAT_LINKED_FILE")] LinkedFile = 1 << 12,
}
