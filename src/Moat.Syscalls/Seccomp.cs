// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Base;
using Moat.Kernel.Seccomp;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>seccomp(2), and what prctl(2) does of it.</summary>
public static class Seccomp
{
    private const SeccompFilterFlags KnownFlags = SeccompFilterFlags.ThreadSync | SeccompFilterFlags.Log
        | SeccompFilterFlags.AllowSpeculation | SeccompFilterFlags.NewListener
        | SeccompFilterFlags.ThreadSyncError | SeccompFilterFlags.WaitKillable;

    private const int MostInstructions = 4096;

    /// <summary>seccomp(2).</summary>
    [Syscall("seccomp")]
    public static SysResult Call(Task task, SeccompOperation operation, SeccompFilterFlags flags,
        ulong argument)
    {
        switch (operation)
        {
            case SeccompOperation.SetStrict:
                return flags != 0 || argument != 0 ? Errno.EINVAL : SeccompAttach.SetStrict(task);
            case SeccompOperation.SetFilter:
                return SetFilter(task, flags, argument);
            case SeccompOperation.GetActionAvailable:
                return flags != 0 ? Errno.EINVAL : IsAvailable(task, argument);
            case SeccompOperation.GetNotificationSizes:
                return flags != 0 ? Errno.EINVAL : WriteSizes(task, argument);
            default:
                return Errno.EINVAL;
        }
    }

    /// <summary>prctl(PR_SET_SECCOMP).</summary>
    internal static SysResult SetMode(Task task, ulong mode, ulong argument) => mode switch
    {
        (ulong)SeccompMode.Strict => SeccompAttach.SetStrict(task),
        (ulong)SeccompMode.Filter => SetFilter(task, 0, argument),
        _ => Errno.EINVAL,
    };

    private static SysResult SetFilter(Task task, SeccompFilterFlags flags, ulong argument)
    {
        const SeccompFilterFlags Both = SeccompFilterFlags.ThreadSync | SeccompFilterFlags.NewListener;
        bool listens = (flags & SeccompFilterFlags.NewListener) != 0;
        // Both would answer with a number: a thread's or a descriptor's.
        if ((flags & ~KnownFlags) != 0
            || ((flags & Both) == Both && (flags & SeccompFilterFlags.ThreadSyncError) == 0)
            || ((flags & SeccompFilterFlags.WaitKillable) != 0 && !listens))
        {
            return Errno.EINVAL;
        }

        Errno error = task.Memory.Read(argument, out BpfProgramHeader header);
        if (error != Errno.Success)
        {
            return error;
        }

        if (header.Length is 0 or > MostInstructions)
        {
            return Errno.EINVAL;
        }

        if (!SeccompAttach.MayAttach(task))
        {
            return Errno.EACCES;
        }

        var program = new BpfInstruction[header.Length];
        error = task.Memory.ReadArray<BpfInstruction>(header.Instructions, program);
        return error != Errno.Success ? error : SeccompAttach.SetFilter(task, program, flags);
    }

    private static SysResult IsAvailable(Task task, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out uint action);
        if (error != Errno.Success)
        {
            return error;
        }

        return (SeccompAction)action is SeccompAction.KillProcess or SeccompAction.KillThread
            or SeccompAction.Trap or SeccompAction.Error or SeccompAction.UserNotification
            or SeccompAction.Trace or SeccompAction.Log or SeccompAction.Allow ? 0 : Errno.EOPNOTSUPP;
    }

    private static SysResult WriteSizes(Task task, ulong argument)
    {
        System.ReadOnlySpan<ushort> sizes =
        [
            (ushort)Marshal.SizeOf<SeccompNotice>(), (ushort)Marshal.SizeOf<SeccompAnswer>(),
            (ushort)Marshal.SizeOf<SeccompData>(),
        ];
        return task.Memory.WriteArray(argument, sizes);
    }
}
