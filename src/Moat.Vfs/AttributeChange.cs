// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.Vfs;

/// <summary>Which attributes to set (struct iattr); permission has been checked by the VFS.</summary>
public record struct AttributeChange
{
    /// <summary>The fields that count.</summary>
    [Flags]
    public enum Fields
    {
        None = 0,
        Mode = 1,
        Uid = 2,
        Gid = 4,
        Size = 8,
        AccessTime = 16,
        ModifyTime = 32,
    }

    public Fields Valid { get; set; }

    /// <summary>Permission bits (07777).</summary>
    public uint Mode { get; set; }
    public uint Uid { get; set; }
    public uint Gid { get; set; }
    public long Size { get; set; }
    public Timespec AccessTime { get; set; }
    public Timespec ModifyTime { get; set; }

    /// <summary>
    /// What the permission check saw of owner and mode: EAGAIN when that is not so any more. Null where it
    /// does not matter, or where a file system (the host's) has no way to tell.
    /// </summary>
    public InodeOwnership? Seen { get; set; }

    /// <summary>True when the field is to be set.</summary>
    public readonly bool Has(Fields field) => (Valid & field) != 0;
}
