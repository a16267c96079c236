// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>READ and WRITE, in pieces that kernel and daemon have agreed on.</summary>
internal static class FuseTransfer
{
    /// <summary>Reads until the buffer is full or the daemon gives less.</summary>
    internal static Result<int> Read(
        Caller caller, FuseInode inode, FuseHandle handle, OpenFlags flags, Span<byte> buffer, long offset)
    {
        if (offset < 0 || offset > long.MaxValue - buffer.Length)
        {
            return Errno.EINVAL;
        }

        int done = 0;
        while (done < buffer.Length)
        {
            int want = Math.Min(buffer.Length - done, inode.Fs.Terms.MaxRead);
            var request = new FuseRequest(FuseOpcode.Read, inode.Node, 40, 0, want);
            Describe(request, handle, flags, offset + done, want);
            Errno error = inode.Fs.Connection.Ask(caller, request);
            if (error != Errno.Success)
            {
                return done > 0 ? done : error;
            }

            request.Reply.CopyTo(buffer[done..]);
            done += request.Reply.Length;
            if (request.Reply.Length < want)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Writes until all is written or the daemon takes less.</summary>
    internal static Result<int> Write(
        Caller caller, FuseInode inode, FuseHandle handle, OpenFlags flags, ReadOnlySpan<byte> buffer,
        long offset)
    {
        int done = 0;
        while (done < buffer.Length)
        {
            int want = Math.Min(buffer.Length - done, inode.Fs.Terms.MaxWrite);
            var request = new FuseRequest(FuseOpcode.Write, inode.Node, 40 + want, 8);
            Describe(request, handle, flags, offset + done, want);
            buffer.Slice(done, want).CopyTo(request.Body[40..]);
            Errno error = inode.Fs.Connection.Ask(caller, request);
            uint taken = error == Errno.Success ? new FuseReader(request.Reply).Word() : 0;
            error = taken > want ? Errno.EIO : error;
            if (error != Errno.Success)
            {
                inode.Expire();
                return done > 0 ? done : error;
            }

            done += (int)taken;
            inode.Grow(offset + done);
            if (taken < want)
            {
                break;
            }
        }

        return done;
    }

    // struct fuse_read_in and fuse_write_in.
    private static void Describe(
        FuseRequest request, FuseHandle handle, OpenFlags flags, long offset, int size)
    {
        var writer = new FuseWriter(request.Body);
        writer.Long(handle.Number);
        writer.Long((ulong)offset);
        writer.Word((uint)size);
        writer.Word(0);
        writer.Long(0);
        writer.Word((uint)(flags | OpenFlags.LargeFile));
    }
}
