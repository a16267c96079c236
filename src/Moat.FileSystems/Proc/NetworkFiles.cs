// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel.Net;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/net without an IP stack: the tables' headings, the loopback device, local sockets.
/// </summary>
internal static class NetworkFiles
{
    private const int TcpWidth = 149;
    private const int LineWidth = 127;

    private const string DeviceHeader =
        "Inter-|   Receive                                                |  Transmit\n"
        + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs dr"
        + "op fifo colls carrier compressed\n"
        + "    lo:       0       0    0    0    0     0          0         0        0       0    0   "
        + " 0    0     0       0          0\n";

    private const string SocketHeader =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    private const string Socket6Header =
        "  sl  local_address                         remote_address                        st tx_queu"
            + "e rx_queue tr tm->when retrnsmt   uid  timeout inode";

    private const string Pointers = " ref pointer drops";

    private const string RouteHeader =
        "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT";

    private const string ProtocolHeader =
        "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in de sh ss gs s"
            + "e re bi br ha uh gp em\n";

    private static readonly (string Name, string Text)[] s_tables =
    [
        ("arp", "IP address       HW type     Flags       HW address            Mask     Device\n"),
        ("dev", DeviceHeader),
        ("dev_mcast", ""),
        ("icmp", (SocketHeader + Pointers).PadRight(LineWidth) + "\n"),
        ("icmp6", Socket6Header + Pointers + "\n"),
        ("if_inet6", ""),
        ("igmp", "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n"),
        ("igmp6", ""),
        ("ipv6_route", ""),
        ("netlink", "sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    "
            + "Inode\n"),
        ("packet", "sk               RefCnt Type Proto  Iface R Rmem   User   Inode\n"),
        ("psched", "000003e8 00000040 000f4240 3b9aca00\n"),
        ("ptype", "Type Device      Function\n"),
        ("raw", SocketHeader + Pointers + "\n"),
        ("raw6", Socket6Header + Pointers + "\n"),
        ("route", RouteHeader.PadRight(LineWidth) + "\n"),
        ("sockstat6", "TCP6: inuse 0\nUDP6: inuse 0\nUDPLITE6: inuse 0\nRAW6: inuse 0\n"
            + "FRAG6: inuse 0 memory 0\n"),
        ("tcp", SocketHeader.PadRight(TcpWidth) + "\n"),
        ("tcp6", Socket6Header + "\n"),
        ("udp", (" " + SocketHeader + Pointers).PadRight(LineWidth) + "\n"),
        ("udp6", Socket6Header + Pointers + "\n"),
        ("udplite", (" " + SocketHeader + Pointers).PadRight(LineWidth) + "\n"),
        ("udplite6", Socket6Header + Pointers + "\n"),
    ];

    internal static StaticDirectory Build(ProcContext context, Task task)
    {
        FileSystem fs = context.FileSystem;
        var directory = new StaticDirectory(fs) { Number = ProcInodes.Of(task.ThreadId, 7) };
        foreach ((string name, string text) in s_tables)
        {
            directory.Add(name, new TextFile(fs, text));
        }

        LocalSockets sockets = task.Namespaces.Net.Sockets;
        return directory
            .Add("unix", new TextFile(fs, (_, writer) => WriteLocal(sockets, writer)))
            .Add("protocols", new TextFile(fs, (_, writer) => WriteProtocols(sockets, writer)))
            .Add("sockstat", new TextFile(fs, (_, writer) => writer.Append(
                $"sockets: used {sockets.Count}\nTCP: inuse 0 orphan 0 tw 0 alloc 0 mem 0\n"
                + "UDP: inuse 0 mem 0\nUDPLITE: inuse 0\nRAW: inuse 0\nFRAG: inuse 0 memory 0\n")));
    }

    // As kptr_restrict wants it, no addresses are shown.
    private static void WriteLocal(LocalSockets sockets, ContentWriter writer)
    {
        const int Listening = 0x10000;
        const int Unconnected = 1;
        const int Connecting = 2;
        const int Connected = 3;
        writer.Append("Num       RefCount Protocol Flags    Type St Inode Path\n");
        foreach (ILocalSocket socket in sockets.Snapshot())
        {
            bool isConnected = socket.IsConnected;
            int state = !isConnected ? Unconnected : socket.ShownInode == 0 ? Connecting : Connected;
            writer.Append($"0000000000000000: {(isConnected ? 3 : 2):X8} 00000000");
            writer.Append($" {(socket.IsListening ? Listening : 0):X8} {socket.ShownType:X4} {state:X2}");
            writer.Append($" {socket.ShownInode,5}");
            if (!socket.BoundName.IsEmpty)
            {
                writer.Append(" ");
                AppendName(writer, socket.BoundName);
            }

            writer.Append("\n");
            if (writer.IsOverfull)
            {
                return;
            }
        }
    }

    // NULs of abstract names show as @.
    private static void AppendName(ContentWriter writer, ReadOnlySpan<byte> name)
    {
        for (int end = name.IndexOf((byte)0); end >= 0; end = name.IndexOf((byte)0))
        {
            writer.Append(name[..end]).Append("@"u8);
            name = name[(end + 1)..];
        }

        writer.Append(name);
    }

    private static void WriteProtocols(LocalSockets sockets, ContentWriter writer)
    {
        const int Stream = 1;
        int streams = 0;
        ILocalSocket[] all = sockets.Snapshot();
        foreach (ILocalSocket socket in all)
        {
            streams += socket.ShownType == Stream ? 1 : 0;
        }

        writer.Append(ProtocolHeader);
        Row("UNIX-STREAM", streams);
        Row("UNIX", all.Length - streams);

        void Row(string name, int count)
        {
            writer.Append($"{name.PadRight(9)} 1024 {count,6}      -1   NI       0   yes  kernel ");
            writer.Append("     y  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n  n\n");
        }
    }
}
