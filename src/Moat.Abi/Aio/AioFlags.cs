// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Aio;

/// <summary>Flags of an iocb (io_submit(2)).</summary>
[Flags]
[LinuxPrefix("IOCB_FLAG_")]
public enum AioFlags : uint
{
    [LinuxName("IOCB_FLAG_RESFD")] Event = 1,
    [LinuxName("IOCB_FLAG_IOPRIO")] Priority = 2,
}
