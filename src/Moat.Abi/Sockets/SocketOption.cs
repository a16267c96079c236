// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>SO_* options of SOL_SOCKET (socket(7)).</summary>
[LinuxPrefix("SO_")]
public enum SocketOption
{
    Debug = 1,
    [LinuxName("SO_REUSEADDR")] ReuseAddress = 2,
    Type = 3,
    Error = 4,
    [LinuxName("SO_DONTROUTE")] DoNotRoute = 5,
    Broadcast = 6,
    [LinuxName("SO_SNDBUF")] SendBuffer = 7,
    [LinuxName("SO_RCVBUF")] ReceiveBuffer = 8,
    [LinuxName("SO_KEEPALIVE")] KeepAlive = 9,
    [LinuxName("SO_OOBINLINE")] OutOfBandInline = 10,
    Priority = 12,
    Linger = 13,
    [LinuxName("SO_REUSEPORT")] ReusePort = 15,
    [LinuxName("SO_PASSCRED")] PassCredentials = 16,
    [LinuxName("SO_PEERCRED")] PeerCredentials = 17,
    [LinuxName("SO_RCVLOWAT")] ReceiveLowWater = 18,
    [LinuxName("SO_SNDLOWAT")] SendLowWater = 19,
    [LinuxName("SO_RCVTIMEO")] ReceiveTimeout = 20,
    [LinuxName("SO_SNDTIMEO")] SendTimeout = 21,
    [LinuxName("SO_TIMESTAMP")] Timestamp = 29,
    [LinuxName("SO_ACCEPTCONN")] AcceptsConnections = 30,
    [LinuxName("SO_SNDBUFFORCE")] SendBufferForce = 32,
    [LinuxName("SO_RCVBUFFORCE")] ReceiveBufferForce = 33,
    [LinuxName("SO_PASSSEC")] PassSecurity = 34,
    Protocol = 38,
    Domain = 39,
    [LinuxName("SO_PEERGROUPS")] PeerGroups = 59,
}
