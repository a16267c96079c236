// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>AF_* numbers (socket(2)).</summary>
[LinuxPrefix("AF_")]
public enum AddressFamily
{
    [LinuxName("AF_UNSPEC")] Unspecified = 0,
    [LinuxName("AF_UNIX")] Unix = 1,
    [LinuxName("AF_INET")] Inet = 2,
    [LinuxName("AF_INET6")] Inet6 = 10,
    [LinuxName("AF_NETLINK")] Netlink = 16,
    [LinuxName("AF_PACKET")] Packet = 17,
}
