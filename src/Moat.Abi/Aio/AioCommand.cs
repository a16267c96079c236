// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Aio;

/// <summary>What an iocb asks for (io_submit(2)).</summary>
[LinuxPrefix("IOCB_CMD_")]
public enum AioCommand : ushort
{
    [LinuxName("IOCB_CMD_PREAD")] Read = 0,
    [LinuxName("IOCB_CMD_PWRITE")] Write = 1,
    [LinuxName("IOCB_CMD_FSYNC")] Sync = 2,
    [LinuxName("IOCB_CMD_FDSYNC")] DataSync = 3,
    [LinuxName("IOCB_CMD_POLL")] Poll = 5,
    [LinuxName("IOCB_CMD_NOOP")] Nothing = 6,
    [LinuxName("IOCB_CMD_PREADV")] ReadVectors = 7,
    [LinuxName("IOCB_CMD_PWRITEV")] WriteVectors = 8,
}
