// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Sockets;

/// <summary>MSG_* flags (send(2), recv(2)).</summary>
[Flags]
[LinuxPrefix("MSG_")]
public enum MessageFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("MSG_OOB")] OutOfBand = 1,
    [LinuxName("MSG_PEEK")] Peek = 2,
    [LinuxName("MSG_DONTROUTE")] DoNotRoute = 4,
    [LinuxName("MSG_CTRUNC")] ControlTruncated = 8,
    [LinuxName("MSG_TRUNC")] Truncated = 0x20,
    [LinuxName("MSG_DONTWAIT")] DoNotWait = 0x40,
    [LinuxName("MSG_EOR")] EndOfRecord = 0x80,
    [LinuxName("MSG_WAITALL")] WaitAll = 0x100,
    [LinuxName("MSG_NOSIGNAL")] NoSignal = 0x4000,
    [LinuxName("MSG_MORE")] More = 0x8000,
    [LinuxName("MSG_WAITFORONE")] WaitForOne = 0x10000,
    [LinuxName("MSG_CMSG_CLOEXEC")] CloseOnExec = 0x40000000,
}
