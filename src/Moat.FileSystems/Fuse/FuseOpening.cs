// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>OPEN and OPENDIR.</summary>
internal static class FuseOpening
{
    private const int ReplySize = 16;

    internal static Result<OpenFile> Open(Caller caller, FuseInode inode, Location location, OpenFlags flags)
    {
        if (!inode.IsDirectory && inode.TakeCreated(caller) is { } created)
        {
            return new FuseFile(inode, created, location, flags);
        }

        Result<FuseHandle> asked = Ask(caller, inode, flags);
        if (!asked.TryGet(out FuseHandle? handle, out Errno error))
        {
            return error;
        }

        if (inode.IsDirectory)
        {
            return new FuseDirectoryFile(inode, handle, location, flags);
        }

        return new FuseFile(inode, handle, location, flags);
    }

    /// <summary>The flags that a daemon hears of; truncation it is asked for apart.</summary>
    internal static OpenFlags Shown(OpenFlags flags) =>
        (flags & ~OpenFlags.CreationFlags) | OpenFlags.LargeFile;

    private static Result<FuseHandle> Ask(Caller caller, FuseInode inode, OpenFlags flags)
    {
        FuseConnection connection = inode.Fs.Connection;
        FuseOpcode opcode = inode.IsDirectory ? FuseOpcode.OpenDirectory : FuseOpcode.Open;
        flags = Shown(flags);
        if (connection.Terms.Lacks(opcode))
        {
            return new FuseHandle(connection, inode.Node, 0, 0, flags, inode.IsDirectory);
        }

        var request = new FuseRequest(opcode, inode.Node, 8, ReplySize);
        new FuseWriter(request.Body).Word((uint)flags);
        Errno error = connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            // A daemon that opens nothing is one that needs no handles.
            error = inode.Unless(opcode, error, Errno.Success);
            return error != Errno.Success ? error
                : new FuseHandle(connection, inode.Node, 0, 0, flags, inode.IsDirectory);
        }

        var reader = new FuseReader(request.Reply);
        ulong number = reader.Long();
        return new FuseHandle(connection, inode.Node, number, reader.Word(), flags, inode.IsDirectory);
    }
}
