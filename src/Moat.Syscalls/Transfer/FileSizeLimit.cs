// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// RLIMIT_FSIZE: a write that begins at or beyond it gives SIGXFSZ and EFBIG, one across it is cut short.
/// </summary>
internal static class FileSizeLimit
{
    /// <summary>How many bytes may be written; EFBIG when none.</summary>
    internal static Result<long> Allowed(Task task, OpenFile file, long? offset, long wanted)
    {
        ulong limit = task.Group.Limits.Soft(Resource.FileSize);
        if (limit == ResourceLimit.Infinity || file.WaitQueue is not null || wanted == 0
            || !IsRegular(file, out long size))
        {
            return wanted;
        }

        long start = offset ?? ((file.Flags & OpenFlags.Append) != 0 ? size
            : file.Seek(task, 0, 1).TryGet(out long position, out _) ? position : 0);
        if ((ulong)start >= limit)
        {
            return Exceed(task);
        }

        return (long)System.Math.Min((ulong)wanted, limit - (ulong)start);
    }

    /// <summary>The same for a size to be set.</summary>
    internal static Errno CheckSize(Task task, OpenFile file, long size) =>
        (ulong)size > task.Group.Limits.Soft(Resource.FileSize) && IsRegular(file, out _)
            ? Exceed(task) : Errno.Success;

    /// <summary>The same for a file that is made at least so large.</summary>
    internal static Errno CheckGrowth(Task task, OpenFile file, long size) =>
        (ulong)size > task.Group.Limits.Soft(Resource.FileSize) && IsRegular(file, out long now) && size > now
            ? Exceed(task) : Errno.Success;

    private static Errno Exceed(Task task)
    {
        _ = SignalSender.SendToTask(task,
            new SigInfo { Number = (int)Signal.SIGXFSZ, Code = SigInfo.SI_KERNEL });
        return Errno.EFBIG;
    }

    private static bool IsRegular(OpenFile file, out long size)
    {
        size = 0;
        if (!file.GetAttributes().TryGet(out InodeAttributes attributes, out _))
        {
            return false;
        }

        size = attributes.Size;
        return StatMode.TypeOf(attributes.Mode) == FileType.Regular;
    }
}
