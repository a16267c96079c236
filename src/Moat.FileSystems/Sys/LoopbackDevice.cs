// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Sys;

/// <summary>/sys/class/net/lo: the one device of a network without an IP stack.</summary>
internal static class LoopbackDevice
{
    private static readonly string[] s_statistics =
    [
        "collisions", "multicast", "rx_bytes", "rx_compressed", "rx_crc_errors", "rx_dropped", "rx_errors",
        "rx_fifo_errors", "rx_frame_errors", "rx_length_errors", "rx_missed_errors", "rx_nohandler",
        "rx_over_errors", "rx_packets", "tx_aborted_errors", "tx_bytes", "tx_carrier_errors",
        "tx_compressed", "tx_dropped", "tx_errors", "tx_fifo_errors", "tx_heartbeat_errors", "tx_packets",
        "tx_window_errors",
    ];

    internal static StaticDirectory Build(FileSystem fs)
    {
        var statistics = new StaticDirectory(fs);
        foreach (string name in s_statistics)
        {
            statistics.Add(name, new TextFile(fs, "0\n"));
        }

        return SysFileSystem.Texts(fs,
            ("addr_assign_type", "0"), ("addr_len", "6"), ("address", "00:00:00:00:00:00"),
            ("broadcast", "00:00:00:00:00:00"), ("carrier", "1"), ("carrier_changes", "0"), ("dev_id", "0x0"),
            ("dev_port", "0"), ("dormant", "0"), ("flags", "0x9"), ("ifalias", ""), ("ifindex", "1"),
            ("iflink", "1"), ("link_mode", "0"), ("mtu", "65536"), ("name_assign_type", "2"),
            ("netdev_group", "0"), ("operstate", "unknown"), ("proto_down", "0"), ("tx_queue_len", "1000"),
            ("type", "772"), ("uevent", "INTERFACE=lo\nIFINDEX=1"))
            .Add("statistics", statistics)
            .Add("subsystem", new GeneratedSymlink(fs, "../../../../class/net"));
    }
}
