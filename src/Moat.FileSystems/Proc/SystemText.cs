// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel;
using Moat.Kernel.Uts;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>Files of procfs about the system as a whole.</summary>
internal static class SystemText
{
    internal const string Devices =
        "Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n 10 misc\n128 ptm\n"
            + "136 pts\n\nBlock devices:\n";

    internal const string MiscDevices = "229 fuse\n";

    internal const string SlabHeader =
        "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> <objperslab> "
            + "<pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> "
            + "<num_slabs> <sharedavail>\n";

    internal const string TerminalDrivers =
        "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
        + "/dev/console         /dev/console    5       1 system:console\n"
        + "/dev/ptmx            /dev/ptmx       5       2 system\n"
        + "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
        + "pty_master           /dev/ptm      128 0-1048575 pty:master\n";

    internal static void Version(ContentWriter writer)
    {
        writer.Append(KernelVersion.SystemName).Append(" version "u8).Append(KernelVersion.Release);
        writer.Append(" (moat@moat) (.NET 10) "u8).Append(KernelVersion.Version).Append("\n"u8);
    }

    // All in the one hierarchy of version 2. Of cpuset there is nothing to set; without its line JVMs do not
    // look at the others' limits.
    internal static void Cgroups(LinuxKernel kernel, ContentWriter writer)
    {
        int count = kernel.Cgroups.Count;
        writer.Append("#subsys_name\thierarchy\tnum_cgroups\tenabled\n");
        foreach (string name in (ReadOnlySpan<string>)["cpuset", "cpu", "cpuacct", "memory", "pids"])
        {
            writer.Append($"{name}\t0\t{count}\t1\n");
        }
    }

    internal static void FileSystems(VirtualFileSystem vfs, ContentWriter writer)
    {
        foreach (FileSystemType type in vfs.Types)
        {
            writer.Append(type.NeedsDevice ? "" : "nodev").Append("\t").Append(type.Name).Append("\n");
        }
    }
}
