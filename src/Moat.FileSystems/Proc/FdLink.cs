// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/fd/N: its permissions tell how the descriptor was opened.</summary>
internal sealed class FdLink(ProcContext context, Task task, int fd, OpenFlags flags)
    : MagicLink(context.FileSystem, PermissionsOf(flags))
{
    protected override (uint Uid, uint Gid) Owner => ProcessFile.OwnerOf(task);

    // lstat shows 64 for them, as on Linux.
    protected override long Size => 64;

    public override Result<Location> FollowMagicLink(Caller caller)
    {
        if (!TaskAccess.MayInspect((Task)caller, task))
        {
            return Errno.EACCES;
        }

        if (task.Files is not { } files)
        {
            return Errno.ENOENT;
        }

        using FileReference reference = files.BorrowAny(fd);
        return reference.File is { } file ? FileSystem.Vfs.LocationOf(file) : Errno.ENOENT;
    }

    private static uint PermissionsOf(OpenFlags flags) => (flags & OpenFlags.AccessMode) switch
    {
        OpenFlags.ReadOnly => 0x140,
        OpenFlags.WriteOnly => 0xc0,
        _ => 0x1c0,
    };
}
