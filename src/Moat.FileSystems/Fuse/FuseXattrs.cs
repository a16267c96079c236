// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>GETXATTR and its kin.</summary>
internal static class FuseXattrs
{
    private const int Largest = 65536;

    internal static Result<int> Get(
        Caller caller, FuseInode inode, ReadOnlySpan<byte> name, Span<byte> value) =>
        Ask(caller, inode, FuseOpcode.GetXattr, name, value);

    internal static Result<int> List(Caller caller, FuseInode inode, Span<byte> names)
    {
        Result<int> listed = Ask(caller, inode, FuseOpcode.ListXattrs, default, names);
        bool isGood = !listed.IsOk || names.IsEmpty || listed.Value == 0
            || (names[0] != 0 && names[listed.Value - 1] == 0
                && names[..listed.Value].IndexOf("\0\0"u8) < 0);
        return isGood ? listed : Errno.EIO;
    }

    internal static Errno Set(
        Caller caller, FuseInode inode, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        Errno error = Check(caller, inode, FuseOpcode.SetXattr);
        if (error != Errno.Success)
        {
            return error;
        }

        var request = new FuseRequest(
            FuseOpcode.SetXattr, inode.Node, 8 + name.Length + 1 + value.Length);
        var writer = new FuseWriter(request.Body);
        writer.Word((uint)value.Length);
        writer.Word((uint)flags);
        writer.Name(name);
        writer.Bytes(value);
        error = inode.Fs.Connection.Ask(caller, request);
        inode.Expire();
        return inode.Unless(FuseOpcode.SetXattr, error, Errno.EOPNOTSUPP);
    }

    internal static Errno Remove(Caller caller, FuseInode inode, ReadOnlySpan<byte> name)
    {
        Errno error = Check(caller, inode, FuseOpcode.RemoveXattr);
        if (error != Errno.Success)
        {
            return error;
        }

        var request = new FuseRequest(FuseOpcode.RemoveXattr, inode.Node, name.Length + 1);
        new FuseWriter(request.Body).Name(name);
        error = inode.Fs.Connection.Ask(caller, request);
        inode.Expire();
        return inode.Unless(FuseOpcode.RemoveXattr, error, Errno.EOPNOTSUPP);
    }

    // struct fuse_getxattr_in; without room the answer is struct fuse_getxattr_out, the size.
    private static Result<int> Ask(
        Caller caller, FuseInode inode, FuseOpcode opcode, ReadOnlySpan<byte> name, Span<byte> room)
    {
        Errno error = Check(caller, inode, opcode);
        if (error != Errno.Success)
        {
            return error;
        }

        int nameSize = opcode == FuseOpcode.GetXattr ? name.Length + 1 : 0;
        var request = room.IsEmpty ? new FuseRequest(opcode, inode.Node, 8 + nameSize, 8)
            : new FuseRequest(opcode, inode.Node, 8 + nameSize, 0, room.Length);
        var writer = new FuseWriter(request.Body);
        writer.Word((uint)room.Length);
        writer.Word(0);
        if (nameSize > 0)
        {
            writer.Name(name);
        }

        error = inode.Fs.Connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            return inode.Unless(opcode, error, Errno.EOPNOTSUPP);
        }

        if (room.IsEmpty)
        {
            return (int)Math.Min(new FuseReader(request.Reply).Word(), Largest);
        }

        request.Reply.CopyTo(room);
        return request.Reply.Length;
    }

    private static Errno Check(Caller caller, FuseInode inode, FuseOpcode opcode) =>
        !inode.Admits(caller.Credentials) ? Errno.EACCES
        : inode.Fs.Terms.Lacks(opcode) ? Errno.EOPNOTSUPP : Errno.Success;
}
