// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Paths;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>sync(2), syncfs(2).</summary>
public static class Sync
{
    /// <summary>sync(2).</summary>
    [Syscall("sync")]
    public static SysResult All(Task task)
    {
        if (task.FileSystem.Namespace is { } mounts)
        {
            var done = new HashSet<FileSystem>();
            foreach (Mount mount in mounts.Snapshot())
            {
                _ = done.Add(mount.FileSystem) ? mount.FileSystem.Sync() : Errno.Success;
            }
        }

        return 0;
    }

    /// <summary>syncfs(2).</summary>
    [Syscall("syncfs")]
    public static SysResult FileSystem(Task task, int fd)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } file ? Errno.EBADF
            : GuestPath.Vfs(task).LocationOf(file).Mount.FileSystem.Sync();
    }
}
