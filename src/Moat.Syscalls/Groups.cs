// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Identity;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>getgid(2), setgid(2) and their relatives, getgroups(2), setgroups(2).</summary>
public static class Groups
{
    /// <summary>getgid(2).</summary>
    [Syscall("getgid")]
    public static SysResult GetGid(Task task) => (long)task.ShowGid(task.Credentials.Gid);

    /// <summary>getegid(2).</summary>
    [Syscall("getegid")]
    public static SysResult GetEffectiveGid(Task task) => (long)task.ShowGid(task.Credentials.EffectiveGid);

    /// <summary>getresgid(2).</summary>
    [Syscall("getresgid")]
    public static SysResult GetAllGids(Task task, GuestPtr<uint> real, GuestPtr<uint> effective,
        GuestPtr<uint> saved)
    {
        Credentials mine = task.Credentials;
        bool done = real.Write(task.Memory, task.ShowGid(mine.Gid)) == Errno.Success
            && effective.Write(task.Memory, task.ShowGid(mine.EffectiveGid)) == Errno.Success
            && saved.Write(task.Memory, task.ShowGid(mine.SavedGid)) == Errno.Success;
        return done ? 0 : Errno.EFAULT;
    }

    /// <summary>setgid(2).</summary>
    [Syscall("setgid")]
    public static SysResult SetGid(Task task, uint gid) => !task.TryReadGid(ref gid)
        ? Errno.EINVAL : Users.Commit(task, GroupRules.SetGid(task.Credentials, gid));

    /// <summary>setregid(2).</summary>
    [Syscall("setregid")]
    public static SysResult SetRealEffectiveGid(Task task, uint real, uint effective) =>
        !task.TryReadGid(ref real) || !task.TryReadGid(ref effective) ? Errno.EINVAL :
        Users.Commit(task, GroupRules.SetRealEffective(task.Credentials, real, effective));

    /// <summary>setresgid(2).</summary>
    [Syscall("setresgid")]
    public static SysResult SetAllGids(Task task, uint real, uint effective, uint saved) =>
        !task.TryReadGid(ref real) || !task.TryReadGid(ref effective) || !task.TryReadGid(ref saved)
        ? Errno.EINVAL : Users.Commit(task, GroupRules.SetAll(task.Credentials, real, effective, saved));

    /// <summary>setfsgid(2): always answers the id before.</summary>
    [Syscall("setfsgid")]
    public static SysResult SetFileSystemGid(Task task, uint gid)
    {
        uint before = task.ShowGid(task.Credentials.FsGid);
        if (task.TryReadGid(ref gid))
        {
            _ = Users.Commit(task, GroupRules.SetFileSystem(task.Credentials, gid));
        }

        return (long)before;
    }

    /// <summary>getgroups(2).</summary>
    [Syscall("getgroups")]
    public static SysResult GetGroups(Task task, int size, GuestPtr<uint> list)
    {
        uint[] groups = task.Credentials.Groups;
        if (size < 0 || (size != 0 && size < groups.Length))
        {
            return Errno.EINVAL;
        }

        if (size != 0 && groups.Length != 0)
        {
            if (!task.Credentials.Space.IsInitial)
            {
                groups = System.Array.ConvertAll(groups, task.ShowGid);
            }

            Errno error = task.Memory.WriteArray<uint>(list.Address, groups);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return groups.Length;
    }

    /// <summary>setgroups(2).</summary>
    [Syscall("setgroups")]
    public static SysResult SetGroups(Task task, int size, GuestPtr<uint> list)
    {
        if (!task.Credentials.HasOwn(Capability.Setgid) || !task.Credentials.Space.AllowsSetgroups)
        {
            return Errno.EPERM;
        }

        if ((uint)size > GroupRules.MaximumGroups)
        {
            return Errno.EINVAL;
        }

        var groups = new uint[size];
        Errno error = size == 0
            ? Errno.Success
            : task.Memory.Read(list.Address, MemoryMarshal.AsBytes(groups.AsSpan()));
        if (error != Errno.Success)
        {
            return error;
        }

        foreach (ref uint group in groups.AsSpan())
        {
            if (!task.TryReadGid(ref group))
            {
                return Errno.EINVAL;
            }
        }

        return Users.Commit(task, GroupRules.SetGroups(task.Credentials, groups));
    }
}
