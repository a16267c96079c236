// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Limits;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>getrlimit(2), setrlimit(2), prlimit(2).</summary>
public static class ResourceLimitCalls
{
    /// <summary>getrlimit(2).</summary>
    [Syscall("getrlimit")]
    public static SysResult GetLimit(Task task, Resource resource, GuestPtr<ResourceLimit> limit) =>
        (uint)resource >= ResourceLimits.Count
            ? Errno.EINVAL
            : limit.Write(task.Memory, task.Group.Limits.Get(resource));

    /// <summary>setrlimit(2).</summary>
    [Syscall("setrlimit")]
    public static SysResult SetLimit(Task task, Resource resource, GuestPtr<ResourceLimit> limit)
    {
        Errno error = limit.Read(task.Memory, out ResourceLimit wanted);
        if (error != Errno.Success)
        {
            return error;
        }

        return (uint)resource >= ResourceLimits.Count
            ? Errno.EINVAL : Replace(task, task, resource, wanted).Error;
    }

    /// <summary>prlimit(2).</summary>
    [Syscall("prlimit64")]
    public static SysResult ProcessLimit(
        Task task, int pid, Resource resource, [Input] GuestPtr<ResourceLimit> wanted,
        GuestPtr<ResourceLimit> before)
    {
        ResourceLimit limit = default;
        if (!wanted.IsNull && wanted.Read(task.Memory, out limit) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        Task? target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        if (!MayChange(task, target))
        {
            return Errno.EPERM;
        }

        if ((uint)resource >= ResourceLimits.Count)
        {
            return Errno.EINVAL;
        }

        ResourceLimit old = target.Group.Limits.Get(resource);
        if (!wanted.IsNull && !Replace(task, target, resource, limit).TryGet(out old, out Errno error))
        {
            return error;
        }

        return before.IsNull ? 0 : before.Write(task.Memory, old);
    }

    private static Result<ResourceLimit> Replace(Task task, Task target, Resource resource,
        ResourceLimit limit)
    {
        bool mayRaise = task.Credentials.Has(Capability.SysResource);
        Result<ResourceLimit> old = target.Group.Limits.Replace(resource, limit, mayRaise);
        if (old.IsOk)
        {
            LimitEnforcement.Apply(target, resource);
            if (resource == Resource.Stack && task == target)
            {
                task.AddressSpace.TrimStack(task.Orders, task.Registers.Rsp);
            }
        }

        return old;
    }

    // kernel/sys.c, check_prlimit_permission.
    private static bool MayChange(Task task, Task target)
    {
        if (task == target)
        {
            return true;
        }

        Credentials mine = task.Credentials;
        Credentials theirs = target.Credentials;
        return (mine.Uid == theirs.EffectiveUid && mine.Uid == theirs.SavedUid && mine.Uid == theirs.Uid
            && mine.Gid == theirs.EffectiveGid && mine.Gid == theirs.SavedGid && mine.Gid == theirs.Gid)
            || mine.Has(Capability.SysResource, theirs.Space);
    }
}
