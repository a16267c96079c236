// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Moat.Abi;
using Moat.Abi.Mounting;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Mounting;
using Moat.Vfs.Paths;

namespace Moat.Syscalls.Paths;

/// <summary>What statmount(2) tells of a mount: its structure, and the strings behind it.</summary>
/// <param name="mount">The mount.</param>
/// <param name="root">Where paths begin.</param>
internal sealed class MountStatusText(Mount mount, Location root)
{
    private const uint StructureBytes = 512;
    private const MountFlags ShownFlags = MountFlags.ReadOnly | MountFlags.Synchronous
        | MountFlags.DirectorySync | MountFlags.LazyTime;

    // Offset 0 is the empty string of what is not told.
    private readonly List<byte> _text = [0];

    /// <summary>The strings.</summary>
    internal ReadOnlySpan<byte> Bytes => CollectionsMarshal.AsSpan(_text);

    /// <summary>Tells what is asked for.</summary>
    internal Result<MountStatus> TryTell(StatMountMask mask)
    {
        var status = new MountStatus();
        FileSystem files = mount.FileSystem;
        if ((mask & StatMountMask.SuperBlock) != 0)
        {
            if (!files.GetStatistics().TryGet(out FileSystemStatistics statistics, out Errno error))
            {
                return error;
            }

            status.Magic = statistics.Magic;
            status.DeviceMajor = DeviceNumber.Major(files.DeviceId);
            status.DeviceMinor = DeviceNumber.Minor(files.DeviceId);
            status.SuperFlags = (uint)(files.Flags & ShownFlags);
            status.Mask |= StatMountMask.SuperBlock;
        }

        if ((mask & StatMountMask.Mount) != 0)
        {
            TellMount(ref status);
        }

        if ((mask & StatMountMask.PropagateFrom) != 0)
        {
            status.PropagateFrom = (ulong)MountLists.DominatingGroup(mount, root);
            status.Mask |= StatMountMask.PropagateFrom;
        }

        if ((mask & StatMountMask.NamespaceId) != 0 && mount.Namespace is { } space)
        {
            status.NamespaceId = space.Id;
            status.Mask |= StatMountMask.NamespaceId;
        }

        if ((mask & StatMountMask.Supported) != 0)
        {
            status.Supported = StatMountMask.All;
            status.Mask |= StatMountMask.Supported;
        }

        TellTexts(mask, ref status);
        status.Size = StructureBytes + ((mask & StatMountMask.Strings) != 0 ? (uint)_text.Count : 0);
        return status;
    }

    private void TellMount(ref MountStatus status)
    {
        Mount parent = mount.Parent ?? mount;
        status.MountId = mount.UniqueId;
        status.ParentId = parent.UniqueId;
        status.OldMountId = (uint)mount.Id;
        status.OldParentId = (uint)parent.Id;
        status.Attributes = AttributeFlags.Show(mount.Flags);
        MountFlags propagation = (mount.Peers is not null ? MountFlags.Shared : 0)
            | (mount.Master is not null ? MountFlags.Slave : 0)
            | (mount.IsUnbindable ? MountFlags.Unbindable : 0);
        status.Propagation = propagation == 0 ? MountFlags.Private : propagation;
        status.PeerGroup = (ulong)(mount.Peers?.Id ?? 0);
        status.Master = (ulong)(mount.Master?.Id ?? 0);
        status.Mask |= StatMountMask.Mount;
    }

    private void TellTexts(StatMountMask mask, ref MountStatus status)
    {
        FileSystem files = mount.FileSystem;
        string options = files.Options;
        status.TypeName = Add(ref status, mask, StatMountMask.TypeName, Utf8(files.TypeName));
        status.Root = Add(ref status, mask, StatMountMask.Root, PathFormatter.FormatRoot(mount));
        if ((mask & StatMountMask.Point) != 0)
        {
            byte[] path = PathFormatter.FormatReachable(mount.RootLocation, root, out bool isReachable);
            status.Point = Add(ref status, mask, StatMountMask.Point, isReachable ? path : []);
        }

        status.Options = Add(ref status, mask, StatMountMask.Options, Utf8(options));
        status.Source = Add(ref status, mask, StatMountMask.Source, Utf8(mount.Source));
        if ((mask & StatMountMask.OptionArray) != 0 && options.Length > 0)
        {
            string[] all = options.Split(',');
            status.OptionCount = (uint)all.Length;
            status.OptionArray = Add(
                ref status, mask, StatMountMask.OptionArray, Utf8(string.Join('\0', all)));
        }
    }

    private uint Add(ref MountStatus status, StatMountMask mask, StatMountMask which, byte[] text)
    {
        if ((mask & which) == 0 || text.Length == 0)
        {
            return 0;
        }

        uint start = (uint)_text.Count;
        _text.AddRange(text);
        _text.Add(0);
        status.Mask |= which;
        return start;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
