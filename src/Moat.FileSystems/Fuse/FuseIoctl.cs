// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// IOCTL, restricted: what goes in and out is what the command's number says (_IOR, _IOW), nothing else.
/// </summary>
internal static class FuseIoctl
{
    private const int ReplySize = 16;
    private const uint ForDirectory = 16;
    private const uint MostCode = 0x7fffffff;

    internal static Result<long> Run(
        Caller caller, FuseInode inode, FuseHandle handle, uint command, ulong argument)
    {
        if (inode.Fs.Terms.Lacks(FuseOpcode.Ioctl))
        {
            return Errno.ENOTTY;
        }

        int size = (int)(command >> 16) & 0x3fff;
        int inSize = (command & 0x40000000) != 0 ? size : 0;
        int outSize = (command & 0x80000000) != 0 ? size : 0;
        var request = new FuseRequest(
            FuseOpcode.Ioctl, inode.Node, 32 + inSize, ReplySize, ReplySize + outSize);
        var writer = new FuseWriter(request.Body);
        writer.Long(handle.Number);
        writer.Word(inode.IsDirectory ? ForDirectory : 0);
        writer.Word(command);
        writer.Long(argument);
        writer.Word((uint)inSize);
        writer.Word((uint)outSize);
        Errno error = inSize == 0 ? Errno.Success : caller.Memory.Read(argument, request.Body[32..]);
        error = error == Errno.Success ? inode.Fs.Connection.Ask(caller, request) : error;
        if (error != Errno.Success)
        {
            return inode.Unless(FuseOpcode.Ioctl, error, Errno.ENOTTY);
        }

        var reader = new FuseReader(request.Reply);
        int result = (int)reader.Word();
        uint flags = reader.Word();
        _ = reader.Long();
        // A daemon that wants to choose what is read (FUSE_IOCTL_RETRY) is one for character devices.
        if (flags != 0 || (result < 0 && result <= -512))
        {
            return Errno.EIO;
        }

        error = reader.Rest.IsEmpty ? Errno.Success : caller.Memory.Write(argument, reader.Rest);
        return error != Errno.Success ? error : result < 0 ? (Errno)(-result) : result & MostCode;
    }
}
