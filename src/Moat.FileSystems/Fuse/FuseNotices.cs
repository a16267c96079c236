// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// What a daemon says unasked (enum fuse_notify_code): that something known is no longer so.
/// </summary>
internal static class FuseNotices
{
    private const int Poll = 1;
    private const int InvalidInode = 2;
    private const int InvalidEntry = 3;
    private const int Store = 4;
    private const int Delete = 6;
    private const int LongestName = 1024;

    /// <summary>Takes one: EINVAL for what is none, ENOENT for a node that nobody has looked up.</summary>
    internal static Errno Take(FuseConnection connection, int code, ReadOnlySpan<byte> body)
    {
        if (connection.FileSystem is not { } known || !known.TryGetTarget(out FuseFileSystem? fs))
        {
            return Errno.ENOENT;
        }

        switch (code)
        {
            case Poll:
                return body.Length == 8 ? Errno.Success : Errno.EINVAL;
            case InvalidInode:
                return body.Length == 24 ? Expire(fs, new FuseReader(body).Long()) : Errno.EINVAL;
            case InvalidEntry:
                return TakeName(fs, body, 16);
            case Delete:
                return TakeName(fs, body, 24);
            case Store:
                // No content is kept beside what is mapped: it is read again.
                return body.Length >= 24 ? Expire(fs, new FuseReader(body).Long()) : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    private static Errno Expire(FuseFileSystem fs, ulong node)
    {
        if (fs.Find(node) is not { } inode)
        {
            return Errno.ENOENT;
        }

        inode.Expire();
        return Errno.Success;
    }

    // struct fuse_notify_inval_entry_out and fuse_notify_delete_out, which has a child's node in between.
    private static Errno TakeName(FuseFileSystem fs, ReadOnlySpan<byte> body, int size)
    {
        if (body.Length < size)
        {
            return Errno.EINVAL;
        }

        var reader = new FuseReader(body);
        ulong node = reader.Long();
        _ = reader.Take(size - 16);
        uint length = reader.Word();
        if (length > LongestName)
        {
            return Errno.ENAMETOOLONG;
        }

        if (length == 0 || body.Length != size + length + 1)
        {
            return Errno.EINVAL;
        }

        if (fs.Find(node) is not { } directory)
        {
            return Errno.ENOENT;
        }

        directory.ExpireNames();
        directory.Expire();
        return Errno.Success;
    }
}
