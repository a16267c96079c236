// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>fanotify_init(2), fanotify_mark(2).</summary>
public static class Fanotify
{
    private const int CurrentDirectory = -100;
    private const FanotifyMarkFlags Kinds = FanotifyMarkFlags.Mount | FanotifyMarkFlags.FileSystem;
    private const FanotifyMarkFlags Ignores = FanotifyMarkFlags.IgnoredMask | FanotifyMarkFlags.Ignore;
    private const FanotifyMarkFlags Commands =
        FanotifyMarkFlags.Add | FanotifyMarkFlags.Remove | FanotifyMarkFlags.Flush;

    /// <summary>fanotify_init(2).</summary>
    [Syscall("fanotify_init")]
    public static SysResult Create(Task task, FanotifyFlags flags, OpenFlags eventFlags)
    {
        const FanotifyFlags Classes = FanotifyFlags.AnyContent;
        const FanotifyFlags ForAdministrators = Classes | FanotifyFlags.ReportFdError
            | FanotifyFlags.EnableAudit | FanotifyFlags.UnlimitedQueue
            | FanotifyFlags.UnlimitedMarks | FanotifyFlags.ReportThread | FanotifyFlags.ReportPidFd;
        const FanotifyFlags Known = FanotifyFlags.CloseOnExec | FanotifyFlags.NonBlock | Classes
            | FanotifyFlags.UnlimitedQueue | FanotifyFlags.UnlimitedMarks | FanotifyFlags.ReportThread
            | FanotifyFlags.AnyHandle | FanotifyFlags.EnableAudit | FanotifyFlags.ReportPidFd
            | FanotifyFlags.ReportFdError;
        const FanotifyFlags ThreadAndProcess = FanotifyFlags.ReportThread | FanotifyFlags.ReportPidFd;
        const OpenFlags KnownOpen = OpenFlags.AccessMode | OpenFlags.Append | OpenFlags.NonBlock
            | OpenFlags.Sync | OpenFlags.CloseOnExec | OpenFlags.LargeFile | OpenFlags.NoAccessTime;
        bool isPrivileged = task.Credentials.Has(Capability.SysAdmin);
        FanotifyFlags handles = flags & FanotifyFlags.AnyHandle;
        if (!isPrivileged && ((flags & ForAdministrators) != 0 || handles == 0))
        {
            return Errno.EPERM;
        }

        bool hasName = (flags & FanotifyFlags.ReportName) != 0;
        const FanotifyFlags Target = FanotifyFlags.ReportName | FanotifyFlags.ReportFile;
        if ((flags & ~Known) != 0 || (flags & Classes) == Classes
            || (flags & ThreadAndProcess) == ThreadAndProcess
            || (handles != 0 && (flags & Classes) != 0)
            || (hasName && (flags & FanotifyFlags.ReportDirectory) == 0)
            || ((flags & FanotifyFlags.ReportTarget) != 0 && (flags & Target) != Target)
            || (eventFlags & ~KnownOpen) != 0
            || (eventFlags & OpenFlags.AccessMode) == OpenFlags.AccessMode)
        {
            return Errno.EINVAL;
        }

        if ((flags & FanotifyFlags.EnableAudit) != 0 && !task.Credentials.Has(Capability.AuditWrite))
        {
            return Errno.EPERM;
        }

        NotifyLimits limits = GuestPath.Vfs(task).NotifyLimits;
        return FanotifyFile.Create(
            task, limits, flags, eventFlags | OpenFlags.LargeFile, isPrivileged, OpenProcess)
            .TryGet(out OpenFile? file, out Errno error)
            ? task.Files.Install(file, (flags & FanotifyFlags.CloseOnExec) != 0) : error;
    }

    /// <summary>fanotify_mark(2).</summary>
    [Syscall("fanotify_mark")]
    public static SysResult Mark(
        Task task, int fd, FanotifyMarkFlags flags, FanotifyMask mask, int directory, GuestString path)
    {
        if (!AreFlagsValid(flags, mask))
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } opened)
        {
            return Errno.EBADF;
        }

        FanotifyMarkFlags kind = flags & Kinds;
        FanotifyMask permissions = mask & (FanotifyMask.Permissions | FanotifyMask.PreAccess);
        if (opened is not FanotifyFile group)
        {
            return Errno.EINVAL;
        }

        if (!group.IsPrivileged && kind != 0)
        {
            return Errno.EPERM;
        }

        FanotifyFlags asks = group.Reports & FanotifyFlags.AnyContent;
        if (permissions != 0 && (asks == 0
            || (asks == FanotifyFlags.ClassContent && (permissions & FanotifyMask.PreAccess) != 0)))
        {
            return Errno.EINVAL;
        }

        bool ofInodes = (mask & FanotifyMask.InodeEvents) != 0;
        FanotifyFlags handles = group.Reports & FanotifyFlags.AnyHandle;
        // No file system here ever finds itself broken, and most of Linux's never say so.
        bool ofErrors = (mask & FanotifyMask.FileSystemError) != 0;
        if (ofErrors && (handles == 0 || kind != FanotifyMarkFlags.FileSystem))
        {
            return Errno.EINVAL;
        }

        if ((ofInodes && (handles == 0 || kind == FanotifyMarkFlags.Mount))
            || ((mask & FanotifyMask.Rename) != 0 && (group.Reports & FanotifyFlags.ReportName) == 0))
        {
            return Errno.EINVAL;
        }

        if ((flags & FanotifyMarkFlags.Flush) != 0)
        {
            group.Flush(kind);
            return 0;
        }

        Errno error = Find(task, directory, path, flags, out Location place);
        error = error == Errno.Success ? CheckPlace(group.Reports, place, flags, mask) : error;
        return error == Errno.Success ? group.Mark(place, flags, mask) : error;
    }

    private static Result<OpenFile> OpenProcess(Caller reader, object process) =>
        process is ThreadGroup { State: not ProcessState.Dead } group
            ? new PidFile(reader, group.Leader, isThread: false, nonBlocking: false) : Errno.ESRCH;

    private static bool AreFlagsValid(FanotifyMarkFlags flags, FanotifyMask mask)
    {
        const FanotifyMarkFlags Known = Commands | Kinds | Ignores | FanotifyMarkFlags.DontFollow
            | FanotifyMarkFlags.OnlyDirectory | FanotifyMarkFlags.SurvivesModify
            | FanotifyMarkFlags.Evictable;
        const FanotifyMask KnownMask = FanotifyMask.Events | FanotifyMask.PreAccess
            | FanotifyMask.OnDirectory | FanotifyMask.OnChild;
        if ((flags & ~Known) != 0 || (flags & Kinds) == Kinds || (flags & Ignores) == Ignores)
        {
            return false;
        }

        bool isValid = (flags & Commands) switch
        {
            FanotifyMarkFlags.Add or FanotifyMarkFlags.Remove => mask != 0,
            FanotifyMarkFlags.Flush => (flags & ~(Kinds | FanotifyMarkFlags.Flush)) == 0,
            _ => false,
        };
        return isValid && (mask & ~KnownMask) == 0
            && ((flags & FanotifyMarkFlags.Evictable) == 0 || (flags & Kinds) == 0);
    }

    private static Errno Find(
        Task task, int directory, GuestString path, FanotifyMarkFlags flags, out Location place)
    {
        bool onlyDirectory = (flags & FanotifyMarkFlags.OnlyDirectory) != 0;
        Errno error;
        if (path.Address == 0)
        {
            using FileReference reference = task.Files.Borrow(directory);
            place = reference.File is { } file ? GuestPath.Vfs(task).LocationOf(file) : default;
            error = reference.File is null ? Errno.EBADF
                : onlyDirectory && !place.Inode.IsDirectory ? Errno.ENOTDIR : Errno.Success;
        }
        else
        {
            LookupFlags lookup = (flags & FanotifyMarkFlags.DontFollow) != 0
                ? LookupFlags.None : LookupFlags.Follow;
            lookup |= onlyDirectory ? LookupFlags.Directory : LookupFlags.None;
            error = GuestPath.Resolve(task, directory, path, lookup, out place);
        }

        return error == Errno.Success
            ? Permissions.Check(task.Credentials, place.Inode, Vfs.Paths.Access.Read) : error;
    }

    private static Errno CheckPlace(
        FanotifyFlags reports, Location place, FanotifyMarkFlags flags, FanotifyMask mask)
    {
        const FanotifyMask OfDirectories =
            FanotifyMask.NameEvents | FanotifyMask.OnDirectory | FanotifyMask.OnChild;
        FanotifyMarkFlags kind = flags & Kinds;
        if (kind != 0 && place.Mount.IsInternal)
        {
            return Errno.EINVAL;
        }

        if (kind != 0 && (reports & FanotifyFlags.AnyHandle) != 0
            && place.Dentry.FileSystem.GivenHandles is null)
        {
            return Errno.EOPNOTSUPP;
        }

        // Only file systems that can fill files on demand have the one, procfs has no permission events.
        const FanotifyMask Permissions = FanotifyMask.Permissions | FanotifyMask.PreAccess;
        if ((mask & Permissions) != 0 && place.Dentry.FileSystem.TypeName == "proc")
        {
            return Errno.EINVAL;
        }

        if ((mask & FanotifyMask.PreAccess) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        bool isDirectory = place.Inode.IsDirectory;
        if (kind == 0 && !isDirectory && (mask & OfDirectories) != 0
            && ((reports & FanotifyFlags.ReportTarget) != 0 || (mask & FanotifyMask.Rename) != 0))
        {
            return Errno.ENOTDIR;
        }

        // What is to be ignored until a modification makes no sense for more than a file.
        const FanotifyMarkFlags Adds = FanotifyMarkFlags.Add | FanotifyMarkFlags.Ignore;
        bool isBrief = (flags & Adds) == Adds && (flags & FanotifyMarkFlags.SurvivesModify) == 0;
        return isBrief && kind != 0 ? Errno.EINVAL : isBrief && isDirectory ? Errno.EISDIR : Errno.Success;
    }
}
