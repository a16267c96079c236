// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Statfs;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>statfs(2), fstatfs(2).</summary>
public static class StatFs
{
    /// <summary>statfs(2).</summary>
    [Syscall("statfs")]
    public static SysResult OfPath(Task task, GuestString path, GuestPtr<FileSystemStatus> result)
    {
        Errno error = GuestPath.Resolve(task, path, out Location location);
        return error == Errno.Success ? Write(task, location, result) : error;
    }

    /// <summary>fstatfs(2).</summary>
    [Syscall("fstatfs")]
    public static SysResult OfFile(Task task, int fd, GuestPtr<FileSystemStatus> result)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        return reference.File is not { } file ? Errno.EBADF
            : Write(task, GuestPath.Vfs(task).LocationOf(file), result);
    }

    /// <summary>ustat(2): EINVAL for a device that no mounted file system is on.</summary>
    [Syscall("ustat")]
    public static SysResult OfDevice(Task task, uint device, GuestPtr<DeviceStatus> result)
    {
        foreach (Mount mount in task.FileSystem.Namespace?.Snapshot() ?? [])
        {
            if (mount.FileSystem.DeviceId == device)
            {
                Result<FileSystemStatistics> known = mount.FileSystem.GetStatistics(task);
                return !known.TryGet(out FileSystemStatistics statistics, out Errno error) ? error
                    : result.Write(task.Memory, new DeviceStatus
                    {
                        BlocksFree = (int)statistics.BlocksFree, FilesFree = statistics.FilesFree,
                    });
            }
        }

        return Errno.EINVAL;
    }

    private static SysResult Write(Task task, Location location, GuestPtr<FileSystemStatus> result)
    {
        FileSystem fileSystem = location.Mount.FileSystem;
        if (!fileSystem.GetStatistics(task).TryGet(out FileSystemStatistics statistics, out Errno error))
        {
            return error;
        }

        var words = new FileSystemStatus
        {
            Type = (long)statistics.Magic,
            BlockSize = statistics.BlockSize,
            Blocks = statistics.Blocks,
            BlocksFree = statistics.BlocksFree,
            BlocksAvailable = statistics.BlocksAvailable,
            Files = statistics.Files,
            FilesFree = statistics.FilesFree,
            FileSystemId = fileSystem.DeviceId,
            NameLength = statistics.NameLength,
            FragmentSize = statistics.BlockSize,
            Flags = StatfsFlags.Valid | Flags(location.Mount),
        };
        return result.Write(task.Memory, words);
    }

    /// <summary>ST_* values equal the MS_* values but for relatime.</summary>
    private static StatfsFlags Flags(Mount mount)
    {
        const MountFlags Same = MountFlags.NoSetUid | MountFlags.NoDevices | MountFlags.NoExecute
            | MountFlags.NoAccessTime | MountFlags.NoDirectoryAccessTime;
        return (StatfsFlags)(long)(mount.Flags & Same) | (mount.IsReadOnly ? StatfsFlags.ReadOnly : 0)
            | ((mount.Flags & MountFlags.RelativeAccessTime) != 0 ? StatfsFlags.RelativeAccessTime : 0);
    }
}
