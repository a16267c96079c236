// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/net without a network: the tables' headers and the loopback device.</summary>
internal static class NetworkFiles
{
    private const string DeviceHeader =
        "Inter-|   Receive                                                |  Transmit\n"
        + " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs dr"
        + "op fifo colls carrier compressed\n"
        + "    lo:       0       0    0    0    0     0          0         0        0       0    0   "
        + " 0    0     0       0          0\n";

    private const string SocketHeader =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    private const string Socket6Header =
        "  sl  local_address                         remote_address                        st tx_queu"
            + "e rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

    internal static StaticDirectory Build(ProcContext context, Task task)
    {
        FileSystem fs = context.FileSystem;
        var directory = new StaticDirectory(fs) { Number = ProcInodes.Of(task.ThreadId, 7) };
        directory.Add("dev", new TextFile(fs, DeviceHeader))
            .Add("tcp", new TextFile(fs, SocketHeader))
            .Add("udp", new TextFile(fs, SocketHeader))
            .Add("tcp6", new TextFile(fs, Socket6Header))
            .Add("udp6", new TextFile(fs, Socket6Header))
            .Add("unix", new TextFile(fs, "Num       RefCount Protocol Flags    Type St Inode Path\n"))
            .Add("route", new TextFile(
                fs, "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"))
            .Add("if_inet6", new TextFile(fs, ""))
            .Add("sockstat", new TextFile(fs, "sockets: used 0\n"))
            .Add("protocols", new TextFile(
                fs, "protocol  size sockets  memory press maxhdr  slab module     cl co di ac io in d"
                    + "e sh ss gs se re bi br ha uh gp em\n"));
        return directory;
    }
}
