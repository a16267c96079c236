// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Kernel.Uts;
using Moat.Vfs;

namespace Moat.Kernel.Namespaces;

/// <summary>The namespaces of a task (struct nsproxy): immutable, replaced as a whole.</summary>
/// <param name="Uts">Host and domain name.</param>
/// <param name="Ipc">System V objects.</param>
/// <param name="Net">Networks.</param>
/// <param name="Pid">Process numbers of its children: its own are in <see cref="Task.PidSpace"/>.</param>
/// <param name="Cgroup">Control groups.</param>
/// <param name="Time">Offsets of clocks.</param>
/// <param name="TimeForChildren">Those of its children, and its own after execve(2).</param>
/// <param name="Mounts">Mounts; null for a task that has no files.</param>
public sealed record NamespaceSet(UtsNamespace Uts, IpcNamespace Ipc, NetNamespace Net, PidNamespace Pid,
    CgroupNamespace Cgroup, TimeNamespace Time, TimeNamespace TimeForChildren, MountNamespace? Mounts)
{
    /// <summary>What clone and unshare can make, beside user namespaces.</summary>
    public const CloneFlags Supported = CloneFlags.NewUts | CloneFlags.NewIpc | CloneFlags.NewNet
        | CloneFlags.NewMount | CloneFlags.NewPid | CloneFlags.NewCgroup | CloneFlags.NewTime;

    /// <summary>Every flag that asks for a new namespace.</summary>
    public const CloneFlags All = Supported | CloneFlags.NewUser;

    /// <summary>New namespaces where the flags say so, and the present ones elsewhere.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="who">With what credentials: those of the new user namespace, if there is one.</param>
    /// <param name="flags">CLONE_NEW*.</param>
    /// <param name="places">Root and working directory, which go to a new mount namespace along.</param>
    /// <returns>EPERM without CAP_SYS_ADMIN; EINVAL; ENOSPC.</returns>
    public Result<NamespaceSet> Unshare(Task task, Credentials who, CloneFlags flags, FsContext? places)
    {
        if ((flags & Supported) == 0)
        {
            return this;
        }

        if (!who.HasOwn(Capability.SysAdmin))
        {
            return Errno.EPERM;
        }

        PidNamespace pids = Pid;
        if ((flags & CloneFlags.NewPid) != 0)
        {
            if (task.PidSpace != Pid || !Pid.Owner.IsAbove(who.Space))
            {
                return Errno.EINVAL;
            }

            if (Pid.Level >= PidNamespace.MaximumLevel)
            {
                return Errno.ENOSPC;
            }

            pids = new PidNamespace(Pid, who.Space);
        }

        MountNamespace? mounts = Mounts;
        if ((flags & CloneFlags.NewMount) != 0 && mounts is not null)
        {
            var map = new Dictionary<Mount, Mount>();
            if (!mounts.Clone(who.Space, map).TryGet(out mounts, out Errno error))
            {
                return error;
            }

            places?.MoveTo(map);
        }

        return new NamespaceSet(
            (flags & CloneFlags.NewUts) != 0 ? Uts.Clone(who.Space) : Uts,
            (flags & CloneFlags.NewIpc) != 0 ? new IpcNamespace(who.Space) : Ipc,
            (flags & CloneFlags.NewNet) != 0 ? new NetNamespace(who.Space) : Net,
            pids,
            (flags & CloneFlags.NewCgroup) != 0 ? new CgroupNamespace(who.Space, task.Group.Cgroup) : Cgroup,
            Time,
            (flags & CloneFlags.NewTime) != 0
                ? new TimeNamespace(TimeForChildren, who.Space) : TimeForChildren,
            mounts);
    }

    /// <summary>With the time namespace that was meant for children: for a new process or program.</summary>
    internal NamespaceSet EnterTime()
    {
        if (Time == TimeForChildren)
        {
            return this;
        }

        TimeForChildren.Freeze();
        return this with { Time = TimeForChildren };
    }

    /// <summary>A task lives in these from now on.</summary>
    internal void AddUser()
    {
        Ipc.AddUser();
        Mounts?.AddUser();
    }

    /// <summary>A task has left them, or nobody ever came.</summary>
    internal void RemoveUser()
    {
        Ipc.RemoveUser();
        Mounts?.RemoveUser();
    }
}
