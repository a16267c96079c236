// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Identity;
using Moat.Kernel.Ipc;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Kernel.Uts;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Syscalls;

/// <summary>setns(2).</summary>
public static class Setns
{
    /// <summary>setns(2): joins one namespace, or several of a process that a pidfd names.</summary>
    [Syscall("setns")]
    public static SysResult Do(Task task, int fd, CloneFlags flags)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is null)
        {
            return Errno.EBADF;
        }

        var plan = new JoinPlan(task);
        Errno error;
        switch (reference.File)
        {
            case NamespaceFile file:
                long kind = NamespaceFile.FlagOf(file.Space.Kind);
                if (flags != 0 && (long)flags != kind)
                {
                    return Errno.EINVAL;
                }

                error = plan.Add(file.Space);
                break;
            case PidFile process:
                error = AddAll(task, plan, process, flags);
                break;
            default:
                return Errno.EINVAL;
        }

        return error == Errno.Success ? plan.Commit() : error;
    }

    private static Errno AddAll(Task task, JoinPlan plan, PidFile process, CloneFlags flags)
    {
        if (flags == 0 || (flags & ~NamespaceSet.All) != 0)
        {
            return Errno.EINVAL;
        }

        Task target = process.Thread ?? process.Process.Leader;
        if (process.Process.State is ProcessState.Zombie or ProcessState.Dead)
        {
            return Errno.ESRCH;
        }

        if (!TaskAccess.MayInspect(task, target))
        {
            return Errno.EPERM;
        }

        // The user namespace first: the others are joined with what one may in it.
        NamespaceSet theirs = target.Namespaces;
        Errno error = Wants(CloneFlags.NewUser) ? plan.Add(target.Credentials.Space) : Errno.Success;
        bool mounts = error == 0 && Wants(CloneFlags.NewMount) && theirs.Mounts is not null;
        error = mounts ? plan.Add(theirs.Mounts!) : error;
        error = error == 0 && Wants(CloneFlags.NewUts) ? plan.Add(theirs.Uts) : error;
        error = error == 0 && Wants(CloneFlags.NewIpc) ? plan.Add(theirs.Ipc) : error;
        error = error == 0 && Wants(CloneFlags.NewPid) ? plan.Add(target.PidSpace) : error;
        error = error == 0 && Wants(CloneFlags.NewCgroup) ? plan.Add(theirs.Cgroup) : error;
        error = error == 0 && Wants(CloneFlags.NewNet) ? plan.Add(theirs.Net) : error;
        return error == 0 && Wants(CloneFlags.NewTime) ? plan.Add(theirs.Time) : error;

        bool Wants(CloneFlags kind) => (flags & kind) != 0;
    }

    /// <summary>What a call joins, checked before any of it happens.</summary>
    private sealed class JoinPlan(Task task)
    {
        private NamespaceSet _namespaces = task.Namespaces;
        private Credentials _credentials = task.Credentials;
        private MountNamespace? _mounts;

        internal Errno Add(GuestNamespace space)
        {
            if (space is UserNamespace users)
            {
                return AddUsers(users);
            }

            if (space is TimeNamespace && (task.Group.Tasks.Count > 1 || task.Mm.IsShared))
            {
                return Errno.EUSERS;
            }

            if (!_credentials.Has(Capability.SysAdmin, space.Owner)
                || !_credentials.HasOwn(Capability.SysAdmin))
            {
                return Errno.EPERM;
            }

            switch (space)
            {
                case MountNamespace mounts:
                    if (!_credentials.HasOwn(Capability.SysChroot))
                    {
                        return Errno.EPERM;
                    }

                    if (SharedPlaces.With(task))
                    {
                        return Errno.EINVAL;
                    }

                    _mounts = mounts;
                    _namespaces = _namespaces with { Mounts = mounts };
                    break;
                case PidNamespace pids:
                    if (!task.PidSpace.IsAbove(pids))
                    {
                        return Errno.EINVAL;
                    }

                    _namespaces = _namespaces with { Pid = pids };
                    break;
                case UtsNamespace uts:
                    _namespaces = _namespaces with { Uts = uts };
                    break;
                case IpcNamespace ipc:
                    _namespaces = _namespaces with { Ipc = ipc };
                    break;
                case NetNamespace net:
                    _namespaces = _namespaces with { Net = net };
                    break;
                case TimeNamespace time:
                    _namespaces = _namespaces with { Time = time, TimeForChildren = time };
                    break;
                case CgroupNamespace cgroup:
                    _namespaces = _namespaces with { Cgroup = cgroup };
                    break;
            }

            return Errno.Success;
        }

        internal SysResult Commit()
        {
            if (_mounts is not null)
            {
                if (!_mounts.TryAddUser())
                {
                    return Errno.EINVAL;
                }

                Location root = _mounts.Root;
                task.FileSystem.Root = root;
                task.FileSystem.WorkingDirectory = root;
            }

            if (_namespaces.Ipc != task.Namespaces.Ipc && task.Group.Tasks.Count == 1)
            {
                task.Namespaces.Ipc.OnExit(task.Group);
            }

            if (_namespaces.Time != task.Namespaces.Time)
            {
                _namespaces.Time.Freeze();
                VdsoClock.Redirect(task);
            }

            task.SetNamespaces(_namespaces);
            _mounts?.RemoveUser();
            if (_credentials != task.Credentials)
            {
                CredentialChange.Commit(task, _credentials);
            }

            return 0;
        }

        private Errno AddUsers(UserNamespace users)
        {
            // Nobody gets capabilities back that were dropped in the present one.
            if (users == _credentials.Space || task.Group.Tasks.Count > 1
                || SharedPlaces.With(task))
            {
                return Errno.EINVAL;
            }

            if (!_credentials.Has(Capability.SysAdmin, users))
            {
                return Errno.EPERM;
            }

            _credentials = UserSpaces.Enter(_credentials, users);
            return Errno.Success;
        }
    }
}
