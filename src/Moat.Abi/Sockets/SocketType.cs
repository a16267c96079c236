// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Sockets;

/// <summary>SOCK_* types and the flags that go with them (socket(2)).</summary>
[Flags]
[LinuxPrefix("SOCK_")]
public enum SocketType
{
    [LinuxName("SOCK_STREAM")] Stream = 1,
    [LinuxName("SOCK_DGRAM")] Datagram = 2,
    [LinuxName("SOCK_RAW")] Raw = 3,
    [LinuxName("SOCK_SEQPACKET")] SequencedPacket = 5,
    [LinuxName("")] TypeMask = 0xf,
    [LinuxName("SOCK_NONBLOCK")] NonBlock = 0x800,
    [LinuxName("SOCK_CLOEXEC")] CloseOnExec = 0x80000,
}
