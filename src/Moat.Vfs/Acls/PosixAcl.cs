// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Acls;

/// <summary>A POSIX access control list (acl(5)); immutable and valid.</summary>
/// <remarks>
/// Invariants: in order of tags; one each of owner, group and others; with a named entry there is a mask. The
/// mask, or else the group's entry, is the group part of the inode's mode.
/// </remarks>
public sealed class PosixAcl
{
    private const uint All = 7;
    private readonly AclEntry[] _entries;

    private PosixAcl(AclEntry[] entries) => _entries = entries;

    /// <summary>All entries.</summary>
    public ReadOnlySpan<AclEntry> Entries => _entries;

    /// <summary>An ACL of these entries; null when they make none (EINVAL).</summary>
    public static PosixAcl? TryCreate(AclEntry[] entries)
    {
        AclTag last = 0;
        bool needsMask = false;
        uint seen = 0;
        foreach (AclEntry entry in entries)
        {
            bool follows = entry.IsNamed ? entry.Tag >= last : entry.Tag > last;
            if (!follows || entry.Permissions > All)
            {
                return null;
            }

            last = entry.Tag;
            needsMask |= entry.IsNamed;
            seen |= (uint)entry.Tag;
        }

        const uint Needed = (uint)(AclTag.UserObject | AclTag.GroupObject | AclTag.Other);
        bool isWhole = (seen & Needed) == Needed && (!needsMask || (seen & (uint)AclTag.Mask) != 0);
        return isWhole ? new PosixAcl(entries) : null;
    }

    /// <summary>The permission part of the mode that goes with it.</summary>
    /// <param name="isMinimal">True when that mode says all there is to say.</param>
    public uint ToMode(out bool isMinimal)
    {
        uint mode = 0;
        isMinimal = true;
        foreach (AclEntry entry in _entries)
        {
            switch (entry.Tag)
            {
                case AclTag.UserObject:
                    mode |= (uint)entry.Permissions << 6;
                    break;
                case AclTag.GroupObject:
                    mode |= (uint)entry.Permissions << 3;
                    break;
                case AclTag.Other:
                    mode |= entry.Permissions;
                    break;
                case AclTag.Mask:
                    mode = (mode & ~(All << 3)) | ((uint)entry.Permissions << 3);
                    isMinimal = false;
                    break;
                default:
                    isMinimal = false;
                    break;
            }
        }

        return mode;
    }

    /// <summary>
    /// A mode for where the ACL cannot be kept: its group part, which is the mask, gives the owning group no
    /// more than its entry does.
    /// </summary>
    public uint ModeWithout(uint mode)
    {
        foreach (AclEntry entry in _entries)
        {
            mode &= entry.Tag == AclTag.GroupObject ? ~(All << 3) | ((uint)entry.Permissions << 3) : ~0u;
        }

        return mode;
    }

    /// <summary>The ACL after chmod(2): owner, others, and the mask or else the group.</summary>
    public PosixAcl WithMode(uint mode) => Change(mode, keeps: false);

    /// <summary>The ACL of a new file whose directory has this default: no more than was asked for.</summary>
    /// <param name="mode">What was asked for, without umask; afterwards the mode of the file.</param>
    /// <returns>Its access ACL; null when the mode says it all.</returns>
    public PosixAcl? ForNew(ref uint mode)
    {
        PosixAcl made = Change(mode, keeps: true);
        uint bits = made.ToMode(out bool isMinimal);
        mode = (mode & ~0x1ffu) | bits;
        return isMinimal ? null : made;
    }

    /// <summary>May somebody who is not the owner have this access. Allocates nothing.</summary>
    public bool Permits(Credentials credentials, in InodeOwnership inode, Access access)
    {
        uint wanted = (uint)access;
        bool isInGroup = false;
        foreach (AclEntry entry in _entries)
        {
            bool grants = (entry.Permissions & wanted) == wanted;
            switch (entry.Tag)
            {
                case AclTag.User when entry.Id == credentials.FsUid:
                    return grants && IsWithinMask(wanted);
                case AclTag.GroupObject when credentials.InGroup(inode.Gid):
                case AclTag.Group when credentials.InGroup(entry.Id):
                    isInGroup = true;
                    if (grants)
                    {
                        return IsWithinMask(wanted);
                    }

                    break;
                case AclTag.Other:
                    return !isInGroup && grants;
            }
        }

        return false;
    }

    private bool IsWithinMask(uint wanted)
    {
        foreach (AclEntry entry in _entries)
        {
            if (entry.Tag == AclTag.Mask)
            {
                return (entry.Permissions & wanted) == wanted;
            }
        }

        return true;
    }

    private PosixAcl Change(uint mode, bool keeps)
    {
        var changed = (AclEntry[])_entries.Clone();
        AclTag middle = Array.Exists(changed, entry => entry.Tag == AclTag.Mask)
            ? AclTag.Mask : AclTag.GroupObject;
        for (int i = 0; i < changed.Length; i++)
        {
            AclTag tag = changed[i].Tag;
            int shift = tag == AclTag.UserObject ? 6 : tag == middle ? 3 : tag == AclTag.Other ? 0 : -1;
            if (shift >= 0)
            {
                uint asked = mode >> shift & All;
                changed[i] = changed[i] with
                {
                    Permissions = (ushort)(keeps ? asked & changed[i].Permissions : asked),
                };
            }
        }

        return changed.AsSpan().SequenceEqual(_entries) ? this : new PosixAcl(changed);
    }
}
