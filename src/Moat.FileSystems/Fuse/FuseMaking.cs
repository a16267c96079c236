// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>Asks for new files: CREATE, MKNOD, MKDIR, SYMLINK.</summary>
internal static class FuseMaking
{
    private const int OpenReplySize = 16;

    internal static Result<Inode> Make(
        Caller caller, FuseInode directory, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        FuseTerms terms = directory.Fs.Terms;
        if (creation.OpensNext && creation.Type == FileType.Regular && !terms.Lacks(FuseOpcode.Create))
        {
            Result<Inode> created = MakeOpen(caller, directory, name, creation);
            if (created.Error != Errno.ENOSYS)
            {
                return created;
            }

            terms.SetLacks(FuseOpcode.Create);
        }

        FuseRequest request = Describe(caller, directory, name, creation);
        Errno error = directory.Fs.Connection.Ask(caller, request);
        directory.Expire();
        if (error != Errno.Success)
        {
            return error == Errno.ENOSYS ? Errno.EPERM : error;
        }

        return Take(directory, name, creation, request.Reply);
    }

    private static FuseRequest Describe(
        Caller caller, FuseInode directory, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        FuseRequest request;
        uint umask = caller.FileSystem.Umask;
        switch (creation.Type)
        {
            case FileType.Symlink:
                int size = name.Length + 1 + creation.LinkTarget.Length + 1;
                request = new FuseRequest(FuseOpcode.Symlink, directory.Node, size, FuseEntry.Size);
                var link = new FuseWriter(request.Body);
                link.Name(name);
                link.Name(creation.LinkTarget);
                return request;
            case FileType.Directory:
                request = new FuseRequest(
                    FuseOpcode.MakeDirectory, directory.Node, 8 + name.Length + 1, FuseEntry.Size);
                var made = new FuseWriter(request.Body);
                made.Word(creation.Mode & StatMode.PermissionMask);
                made.Word(umask);
                made.Name(name);
                return request;
            default:
                request = new FuseRequest(
                    FuseOpcode.MakeNode, directory.Node, 16 + name.Length + 1, FuseEntry.Size);
                var node = new FuseWriter(request.Body);
                node.Word(creation.Mode);
                node.Word(FuseWriter.Pack(creation.SpecialDeviceId));
                node.Word(umask);
                node.Word(0);
                node.Name(name);
                return request;
        }
    }

    private static Result<Inode> MakeOpen(
        Caller caller, FuseInode directory, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        FuseFileSystem fs = directory.Fs;
        OpenFlags flags = FuseOpening.Shown(creation.OpenFlags);
        OpenFlags making = creation.OpenFlags & (OpenFlags.Create | OpenFlags.Exclusive);
        var request = new FuseRequest(FuseOpcode.Create, directory.Node, 16 + name.Length + 1,
            FuseEntry.Size + OpenReplySize);
        var writer = new FuseWriter(request.Body);
        writer.Word((uint)(flags | making));
        writer.Word(creation.Mode);
        writer.Word(caller.FileSystem.Umask);
        writer.Word(0);
        writer.Name(name);
        Errno error = fs.Connection.Ask(caller, request);
        directory.Expire();
        if (error != Errno.Success)
        {
            return error;
        }

        var reader = new FuseReader(request.Reply.AsSpan(FuseEntry.Size));
        ulong number = reader.Long();
        ulong node = new FuseReader(request.Reply).Long();
        var handle = new FuseHandle(fs.Connection, node, number, reader.Word(), flags, false);
        Result<Inode> made = Take(directory, name, creation, request.Reply);
        if (made.IsOk)
        {
            ((FuseInode)made.Value).KeepCreated(new FuseCreated(caller, handle));
        }
        else
        {
            handle.Release();
        }

        return made;
    }

    // What was made is what was asked for, or nothing that can be trusted.
    private static Result<Inode> Take(
        FuseInode directory, ReadOnlySpan<byte> name, in InodeCreation creation, ReadOnlySpan<byte> reply)
    {
        if (!FuseNames.TakeEntry(directory, name, reply).TryGet(out FuseInode? made, out Errno error))
        {
            return error == Errno.ENOENT ? Errno.EIO : error;
        }

        return made.Type == creation.Type ? made : Errno.EIO;
    }
}
