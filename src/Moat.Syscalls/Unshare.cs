// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Identity;
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

        flags |= (flags & CloneFlags.NewUser) != 0 ? CloneFlags.Thread | CloneFlags.FileSystem : 0;
        flags |= (flags & CloneFlags.NewPid) != 0 ? CloneFlags.Thread : 0;
        flags |= (flags & CloneFlags.NewMount) != 0 ? CloneFlags.FileSystem : 0;

        // Threads, handlers and memory cannot be taken apart; a process of one thread shares none.
        bool isAlone = task.Group.Tasks.Count == 1;
        if ((flags & Threads) != 0 && (!isAlone || task.Mm.IsShared))
        {
            return Errno.EINVAL;
        }

        Credentials credentials = task.Credentials;
        if ((flags & CloneFlags.NewUser) != 0
            && !UserSpaces.Create(task).TryGet(out credentials!, out Errno error))
        {
            return error;
        }

        FsContext? places = (flags & CloneFlags.FileSystem) != 0 ? task.FileSystem.Clone() : null;
        if (!task.Namespaces.Unshare(task, credentials, flags, places)
            .TryGet(out NamespaceSet? changed, out error))
        {
            return error;
        }

        task.FileSystem = places ?? task.FileSystem;

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

        if (changed != task.Namespaces)
        {
            task.SetNamespaces(changed);
        }

        if (credentials != task.Credentials)
        {
            CredentialChange.Commit(task, credentials);
        }

        return 0;
    }
}
