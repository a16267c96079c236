// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.FileSystems.Fuse;

/// <summary>SETATTR: chmod, chown, truncate, utimensat.</summary>
internal static class FuseSetting
{
    private const uint OfHandle = 64;

    /// <summary>Changes attributes, through an open file where there is one.</summary>
    internal static Errno Run(Caller caller, FuseInode inode, in AttributeChange change, FuseHandle? handle)
    {
        if (!inode.Admits(caller.Credentials))
        {
            return Errno.EACCES;
        }

        FuseTerms terms = inode.Fs.Terms;
        var request = new FuseRequest(FuseOpcode.SetAttributes, inode.Node, 88, FuseAttributes.ReplySize);
        var writer = new FuseWriter(request.Body);
        // FATTR_MODE, UID, GID, SIZE, ATIME, MTIME are the bits of Fields.
        writer.Word((uint)change.Valid | (handle is null ? 0 : OfHandle));
        writer.Word(0);
        writer.Long(handle?.Number ?? 0);
        writer.Long((ulong)change.Size);
        writer.Long(0);
        writer.Long((ulong)change.AccessTime.Seconds);
        writer.Long((ulong)change.ModifyTime.Seconds);
        writer.Long(0);
        writer.Word((uint)change.AccessTime.Nanoseconds);
        writer.Word((uint)change.ModifyTime.Nanoseconds);
        writer.Word(0);
        writer.Word(change.Has(Fields.Mode) ? (uint)inode.Type | change.Mode : 0);
        writer.Word(0);
        writer.Word(change.Has(Fields.Uid) ? terms.Owner.Uids.FromKernel(change.Uid) : 0);
        writer.Word(change.Has(Fields.Gid) ? terms.Owner.Gids.FromKernel(change.Gid) : 0);
        Errno error = inode.Fs.Connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            inode.Expire();
            return error;
        }

        if (change.Has(Fields.Size))
        {
            inode.Memory = null;
        }

        return inode.TakeAttributes(request.Reply);
    }
}
