// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>kcmp(2).</summary>
public static class Kcmp
{
    private const int OpenFiles = 0;
    private const int AddressSpace = 1;
    private const int Descriptors = 2;
    private const int FileSystem = 3;
    private const int Handlers = 4;
    private const int IoContext = 5;
    private const int SemaphoreUndo = 6;

    /// <summary>
    /// kcmp(2): 0 for the same object, 1 or 2 for its place in an order that says nothing else.
    /// </summary>
    [Syscall("kcmp")]
    public static SysResult Compare(Task task, int pid1, int pid2, int type, ulong index1, ulong index2)
    {
        Task? first = task.FindTask(pid1);
        Task? second = task.FindTask(pid2);
        if (first is null || second is null)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect(task, first) || !TaskAccess.MayInspect(task, second))
        {
            return Errno.EPERM;
        }

        switch (type)
        {
            case OpenFiles:
                using (FileReference one = first.Files.BorrowAny((int)index1))
                {
                    using FileReference two = second.Files.BorrowAny((int)index2);
                    return one.File is null || two.File is null ? Errno.EBADF : Order(one.File, two.File);
                }

            case AddressSpace:
                return Order(first.AddressSpace, second.AddressSpace);
            case Descriptors:
                return Order(first.Files, second.Files);
            case FileSystem:
                return Order(first.FileSystem, second.FileSystem);
            case Handlers:
                return Order(first.Group.Handlers, second.Group.Handlers);
            case IoContext or SemaphoreUndo:
                // Shared by the threads of a process and by nobody else here.
                return Order(first.Group, second.Group);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult Order(object one, object two)
    {
        if (ReferenceEquals(one, two))
        {
            return 0;
        }

        return RuntimeHelpers.GetHashCode(one) < RuntimeHelpers.GetHashCode(two) ? 1 : 2;
    }
}
