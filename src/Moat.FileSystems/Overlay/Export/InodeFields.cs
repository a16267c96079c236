// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>What the header of an entry tells of its inode.</summary>
internal readonly record struct InodeFields
{
    internal uint Mode { get; init; }
    internal uint Uid { get; init; }
    internal uint Gid { get; init; }
    internal ulong SpecialDeviceId { get; init; }
    internal Timespec ModifyTime { get; init; }

    internal static InodeFields Of(in InodeAttributes attributes) => new()
    {
        Mode = attributes.Mode, Uid = attributes.Uid, Gid = attributes.Gid,
        SpecialDeviceId = attributes.SpecialDeviceId, ModifyTime = attributes.ModifyTime,
    };
}
