// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.Cli.Errors;
using Moat.Host.Files;
using Moat.Host.Launching;

namespace Moat.Cli.Launching;

/// <summary>
/// The directory of the host that keeps changes to the root file system: `upper`, `work` for files on their
/// way there, and a lock on the directory itself.
/// </summary>
/// <remarks>
/// Only its owner may enter it: the upper layer holds what guests make, set-user-id programs of root's among
/// it.
/// </remarks>
internal static class OverlayDirectory
{
    private const uint OwnerOnly = 0x1c0;
    private const uint OthersBits = 0x3f;
    private const OpenFlags Flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec;

    /// <summary>Makes what is missing, and locks it.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="root">The root file system; a new layer gets its root's owner and mode.</param>
    /// <param name="held">A descriptor that holds the lock as long as it, or a copy, is open.</param>
    internal static MoatError? Take(string path, string root, out int held)
    {
        held = -1;
        byte[] name = Encoding.UTF8.GetBytes(path);
        Errno error = HostPath.MakeDirectory(HostPath.CurrentDirectory, name, OwnerOnly);
        if (error is not (Errno.Success or Errno.EEXIST))
        {
            return Fail(path, error);
        }

        Result<int> opened = HostPath.Open(HostPath.CurrentDirectory, name, Flags | OpenFlags.NoFollow);
        if (!opened.TryGet(out int fd, out error))
        {
            return Fail(path, error);
        }

        error = HostFile.TryLock(fd);
        MoatError? failure = error == Errno.EAGAIN
            ? MoatError.Of($"overlay {path}: another sandbox is using it; wait for its end or name another")
            : error != Errno.Success ? Fail(path, error) : Prepare(path, fd, root);
        if (failure != null)
        {
            _ = HostFile.Close(fd);
            return failure;
        }

        held = fd;
        return null;
    }

    private static MoatError? Prepare(string path, int fd, string root)
    {
        Errno error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat);
        bool isClosed = stat.Uid == HostIdentity.Current().Uid && (stat.Mode & OthersBits) == 0;
        if (error == Errno.Success && !isClosed)
        {
            return MoatError.Of(
                $"overlay {path}: must be yours and closed to others, since guests make set-user-id programs "
                + $"there; chmod 700 {path}, or name another");
        }

        bool isNew = HostPath.Stat(fd, "upper"u8, HostPath.NoFollow, out _) == Errno.ENOENT;
        error = error == Errno.Success ? MakeOrFind(fd, "work"u8) : error;
        error = error == Errno.Success ? MakeOrFind(fd, "upper"u8) : error;
        if (error == Errno.Success && isNew)
        {
            error = CopyAttributes(fd, root);
        }

        return error != Errno.Success ? Fail(path, error) : CheckMarks(path, fd);
    }

    private static Errno MakeOrFind(int directory, ReadOnlySpan<byte> name)
    {
        Errno error = HostPath.MakeDirectory(directory, name, OwnerOnly);
        if (error != Errno.EEXIST)
        {
            return error;
        }

        error = HostPath.Stat(directory, name, HostPath.NoFollow, out HostStatx stat);
        return error == Errno.Success && StatMode.TypeOf(stat.Mode) != FileType.Directory
            ? Errno.ENOTDIR : error;
    }

    private static Errno CopyAttributes(int directory, string root)
    {
        Errno error = HostPath.Stat(
            HostPath.CurrentDirectory, Encoding.UTF8.GetBytes(root), 0, out HostStatx stat);
        Result<int> upper = error == Errno.Success ? HostPath.Open(directory, "upper"u8, Flags) : error;
        if (!upper.IsOk)
        {
            return upper.Error;
        }

        // As far as the caller may: files that an ordinary user's sandbox makes are the user's.
        _ = HostPath.ChangeOwner(directory, "upper"u8, stat.Uid, stat.Gid, HostPath.NoFollow);
        error = HostFile.ChangeMode(upper.Value, stat.Mode & StatMode.PermissionMask);
        _ = HostFile.Close(upper.Value);
        return error;
    }

    /// <summary>The kernel process cannot read trusted.*: better none of it than half of it.</summary>
    private static MoatError? CheckMarks(string path, int fd)
    {
        Result<int> upper = HostPath.Open(fd, "upper"u8, Flags);
        if (!upper.IsOk)
        {
            return Fail(path, upper.Error);
        }

        byte[] names = new byte[65536];
        Result<int> length = HostXattr.List(upper.Value, names);
        _ = HostFile.Close(upper.Value);
        return length.IsOk && names.AsSpan(0, length.Value).IndexOf("trusted.overlay."u8) >= 0
            ? MoatError.Of($"overlay {path}: upper was written by an overlayfs mounted without userxattr")
            : null;
    }

    private static MoatError Fail(string path, Errno error) =>
        MoatError.Of($"overlay {path}: {ErrorText.Of(error)}");
}
