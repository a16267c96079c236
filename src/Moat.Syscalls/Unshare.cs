// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>unshare(2).</summary>
public static class Unshare
{
    private const CloneFlags Threads = CloneFlags.Thread | CloneFlags.SignalHandlers | CloneFlags.Memory;
    private const CloneFlags Known = Threads | CloneFlags.FileSystem | CloneFlags.Files
        | CloneFlags.SysVSemaphores | NamespaceSet.All;

    /// <summary>unshare(2).</summary>
    [Syscall("unshare")]
    public static SysResult Do(Task task, CloneFlags flags)
    {
        if ((flags & ~Known) != 0)
        {
            return Errno.EINVAL;
        }

        // Threads, handlers and memory cannot be taken apart; a process of one thread shares none.
        bool isAlone = task.Group.Tasks.Count == 1;
        if ((flags & Threads) != 0 && (!isAlone || task.Mm.IsShared))
        {
            return Errno.EINVAL;
        }

        if (!task.Namespaces.Unshare(task.Credentials, flags)
            .TryGet(out NamespaceSet? changed, out Errno error))
        {
            return error;
        }

        if ((flags & CloneFlags.FileSystem) != 0)
        {
            task.FileSystem = task.FileSystem.Clone();
        }

        if ((flags & CloneFlags.Files) != 0)
        {
            FdTable shared = task.Files;
            task.Files = shared.Clone();
            shared.RemoveUser(task);
        }

        // What semop has to undo belongs to objects that are out of sight from here on.
        if ((flags & (CloneFlags.SysVSemaphores | CloneFlags.NewIpc)) != 0 && isAlone)
        {
            task.Namespaces.Ipc.OnExit(task.Group);
        }

        task.SetNamespaces(changed);
        return 0;
    }
}
