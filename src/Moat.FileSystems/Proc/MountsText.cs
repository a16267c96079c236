// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Contexts;
using Moat.Vfs.Generated;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/mounts, mountinfo and mountstats: the mounts below the task's root.</summary>
internal static class MountsText
{
    internal static void WriteMounts(Task task, ContentWriter writer)
    {
        foreach ((Mount mount, byte[] path) in Visible(task, writer))
        {
            writer.AppendEscaped(Encoding.UTF8.GetBytes(mount.Source)).Append(" "u8).AppendEscaped(path);
            writer.Append($" {mount.FileSystem.TypeName} {FileSystemOptions(mount, mount.IsReadOnly)} 0 0\n");
        }
    }

    internal static void WriteMountInfo(Task task, ContentWriter writer)
    {
        foreach ((Mount mount, byte[] path) in Visible(task, writer))
        {
            ulong device = mount.FileSystem.DeviceId;
            writer.Append($"{mount.Id} {mount.Parent?.Id ?? mount.Id} ");
            writer.Append($"{DeviceNumber.Major(device)}:{DeviceNumber.Minor(device)} ");
            writer.AppendEscaped(PathFormatter.FormatRoot(mount)).Append(" "u8).AppendEscaped(path);
            writer.Append(
                $" {((mount.Flags & MountFlags.ReadOnly) != 0 ? "ro" : "rw")}{MountOptions(mount)}");
            writer.Append($"{PropagationOf(mount)} - ");
            writer.Append($"{mount.FileSystem.TypeName} ");
            writer.AppendEscaped(Encoding.UTF8.GetBytes(mount.Source)).Append(" "u8);
            string options = mount.FileSystem.Options;
            writer.Append($"{(mount.FileSystem.IsReadOnly ? "ro" : "rw")}");
            writer.Append(
                $"{SuperFlags.Show(mount.FileSystem.Flags)}{(options.Length > 0 ? "," : "")}{options}\n");
        }
    }

    internal static void WriteMountStatistics(Task task, ContentWriter writer)
    {
        foreach ((Mount mount, byte[] path) in Visible(task, writer))
        {
            writer.Append("device "u8).AppendEscaped(Encoding.UTF8.GetBytes(mount.Source)).Append(
                " mounted on "u8);
            writer.AppendEscaped(path).Append($" with fstype {mount.FileSystem.TypeName}\n");
        }
    }

    // One at a time: all paths together may be more than anybody gets to read.
    private static IEnumerable<(Mount Mount, byte[] Path)> Visible(Task task, ContentWriter writer)
    {
        if (task.FileSystem is not { } context
            || (task.Namespaces.Mounts ?? context.Namespace) is not { } mounts)
        {
            yield break;
        }

        foreach (Mount mount in mounts.Snapshot())
        {
            byte[] path = PathFormatter.FormatReachable(mount.RootLocation, context.Root, out bool reachable);
            if (writer.IsOverfull || writer.Viewer is Task { Group.IsExiting: true })
            {
                yield break;
            }

            if (reachable)
            {
                yield return (mount, path);
            }
        }
    }

    private static string FileSystemOptions(Mount mount, bool readOnly)
    {
        string own = mount.FileSystem.Options;
        string super = SuperFlags.Show(mount.FileSystem.Flags);
        return $"{(readOnly ? "ro" : "rw")}{super}{MountOptions(mount)}{(own.Length > 0 ? "," : "")}{own}";
    }

    private static string MountOptions(Mount mount)
    {
        MountFlags flags = mount.Flags;
        var text = new StringBuilder();
        text.Append((flags & MountFlags.NoSetUid) != 0 ? ",nosuid" : "");
        text.Append((flags & MountFlags.NoDevices) != 0 ? ",nodev" : "");
        text.Append((flags & MountFlags.NoExecute) != 0 ? ",noexec" : "");
        text.Append((flags & MountFlags.NoAccessTime) != 0 ? ",noatime" : "");
        text.Append((flags & MountFlags.NoDirectoryAccessTime) != 0 ? ",nodiratime" : "");
        text.Append((flags & MountFlags.RelativeAccessTime) != 0 ? ",relatime" : "");
        text.Append((flags & MountFlags.NoSymlinkFollow) != 0 ? ",nosymfollow" : "");
        return text.ToString();
    }

    private static string PropagationOf(Mount mount) =>
        (mount.Peers is { } peers ? $" shared:{peers.Id}" : "")
            + (mount.Master is { } master ? $" master:{master.Id}" : "")
            + (mount.IsUnbindable ? " unbindable" : "");
}
