// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Landlock;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Kernel.Loading;

/// <summary>
/// Opens programs and interpreters: regular files that the caller may execute, on mounts without noexec.
/// </summary>
public sealed class ExecutableResolver : IExecutableResolver
{
    /// <summary>It has no state.</summary>
    public static readonly ExecutableResolver Instance = new();

    /// <inheritdoc/>
    public Result<OpenFile> OpenExecutable(Caller caller, ReadOnlySpan<byte> path)
    {
        Result<Location> found = PathWalker.Lookup(
            caller, caller.FileSystem.WorkingDirectory, path, LookupFlags.Follow, ResolveFlags.None);
        return found.TryGet(out Location location, out Errno error) ? Open(caller, location) : error;
    }

    /// <summary>Opens what has been looked up already (execveat(2)).</summary>
    public static Result<OpenFile> Open(Caller caller, Location location)
    {
        Inode inode = location.Inode;
        if (inode.Type == FileType.Symlink)
        {
            return Errno.ELOOP;
        }

        if (inode.Type != FileType.Regular || (location.Mount.Flags & MountFlags.NoExecute) != 0)
        {
            return Errno.EACCES;
        }

        Errno error = Permissions.Check(caller.Credentials, inode, Access.Execute);
        if (error == Errno.Success)
        {
            error = LandlockChecks.CheckOpen(
                caller.Credentials, location, OpenFlags.ReadOnly, out _, executes: true);
        }

        error = error == Errno.Success ? FilePermission.ToOpen(caller, location, executes: true) : error;
        error = error == Errno.Success
            ? FileOpener.BreakLeases(caller, inode, OpenFlags.ReadOnly) : error;
        error = error == Errno.Success && inode.HasWriters ? Errno.ETXTBSY : error;
        Result<OpenFile> opened =
            error == Errno.Success ? inode.Open(caller, location, OpenFlags.ReadOnly) : error;
        if (opened.IsOk)
        {
            opened.Value.AsksToRead = FilePermission.Concerns(location);
            FileNotify.Opened(opened.Value, executes: true);
        }

        return opened;
    }
}
