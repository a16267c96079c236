// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>Asks about names that are there: LOOKUP, READLINK, LINK, UNLINK, RMDIR, RENAME.</summary>
internal static class FuseNames
{
    private const int LongestLink = 4095;

    internal static Result<Inode> Lookup(Caller caller, FuseInode directory, ReadOnlySpan<byte> name)
    {
        var request = new FuseRequest(FuseOpcode.Lookup, directory.Node, name.Length + 1, FuseEntry.Size);
        new FuseWriter(request.Body).Name(name);
        Errno error = directory.Fs.Connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            return error;
        }

        return TakeEntry(directory, name, request.Reply).TryGet(out FuseInode? found, out error)
            ? found : error;
    }

    /// <summary>The inode of the entry that an answer begins with.</summary>
    internal static Result<FuseInode> TakeEntry(
        FuseInode directory, ReadOnlySpan<byte> name, ReadOnlySpan<byte> reply)
    {
        FuseFileSystem fs = directory.Fs;
        if (!FuseEntry.Read(fs.Terms, fs.DeviceId, reply).TryGet(out FuseEntry entry, out Errno error))
        {
            ulong node = new FuseReader(reply).Long();
            if (node > FuseFileSystem.RootNode)
            {
                fs.Connection.Forget(node, 1);
            }

            return error;
        }

        Result<FuseInode> found = fs.Find(entry);
        if (found.IsOk)
        {
            found.Value.Hold(directory, name, entry.NameUntil);
        }

        return found;
    }

    internal static Result<byte[]> ReadLink(Caller caller, FuseInode link)
    {
        var request = new FuseRequest(FuseOpcode.ReadLink, link.Node, 0, 0, LongestLink);
        Errno error = link.Fs.Connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            return error;
        }

        int end = Array.IndexOf(request.Reply, (byte)0);
        return end < 0 ? request.Reply : request.Reply[..end];
    }

    internal static Errno Link(Caller caller, FuseInode directory, ReadOnlySpan<byte> name, FuseInode target)
    {
        if (directory.Fs.Terms.Lacks(FuseOpcode.Link))
        {
            return Errno.EPERM;
        }

        var request = new FuseRequest(
            FuseOpcode.Link, directory.Node, 8 + name.Length + 1, FuseEntry.Size);
        var writer = new FuseWriter(request.Body);
        writer.Long(target.Node);
        writer.Name(name);
        Errno error = directory.Fs.Connection.Ask(caller, request);
        target.Expire();
        directory.Expire();
        if (error != Errno.Success)
        {
            return directory.Unless(FuseOpcode.Link, error, Errno.EPERM);
        }

        // Where the daemon gives the new name a node of its own, the next look at the name finds that.
        return TakeEntry(directory, name, request.Reply).Error;
    }

    internal static Errno Remove(
        Caller caller, FuseInode directory, ReadOnlySpan<byte> name, FuseInode victim, FuseOpcode opcode)
    {
        var request = new FuseRequest(opcode, directory.Node, name.Length + 1);
        new FuseWriter(request.Body).Name(name);
        Errno error = directory.Fs.Connection.Ask(caller, request);
        victim.Expire();
        directory.Expire();
        return error == Errno.ENOSYS ? Errno.EPERM : error;
    }

    internal static Errno Rename(
        Caller caller, FuseInode directory, ReadOnlySpan<byte> oldName, FuseInode newDirectory,
        ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        if (flags != RenameFlags.None
            && (directory.Fs.Terms.MinorVersion < 23 || directory.Fs.Terms.Lacks(FuseOpcode.Rename2)))
        {
            return Errno.EINVAL;
        }

        bool isPlain = flags == RenameFlags.None;
        int size = (isPlain ? 8 : 16) + oldName.Length + 1 + newName.Length + 1;
        var request = new FuseRequest(
            isPlain ? FuseOpcode.Rename : FuseOpcode.Rename2, directory.Node, size);
        var writer = new FuseWriter(request.Body);
        writer.Long(newDirectory.Node);
        if (!isPlain)
        {
            writer.Word((uint)flags);
            writer.Word(0);
        }

        writer.Name(oldName);
        writer.Name(newName);
        Errno error = directory.Fs.Connection.Ask(caller, request);
        directory.Expire();
        newDirectory.Expire();
        if (error is not (Errno.Success or Errno.ENOSYS))
        {
            // Who was killed meanwhile does not know what came of it.
            directory.ExpireNames();
            newDirectory.ExpireNames();
        }

        return isPlain || error != Errno.ENOSYS ? error
            : directory.Unless(FuseOpcode.Rename2, error, Errno.EINVAL);
    }
}
