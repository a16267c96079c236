// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Rings;

/// <summary>IOSQE_*: flags of a submission queue entry.</summary>
[Flags]
[LinuxPrefix("IOSQE_")]
public enum RingEntryFlags : byte
{
    [LinuxName("")] None = 0,
    [LinuxName("IOSQE_FIXED_FILE")] FixedFile = 1,
    [LinuxName("IOSQE_IO_DRAIN")] Drain = 1 << 1,
    [LinuxName("IOSQE_IO_LINK")] Link = 1 << 2,
    [LinuxName("IOSQE_IO_HARDLINK")] HardLink = 1 << 3,
    [LinuxName("IOSQE_ASYNC")] Async = 1 << 4,
    [LinuxName("IOSQE_BUFFER_SELECT")] SelectBuffer = 1 << 5,
    [LinuxName("IOSQE_CQE_SKIP_SUCCESS")] SkipSuccess = 1 << 6,
}
