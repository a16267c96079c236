// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Identity;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>
/// getuid(2), setuid(2), setreuid(2), getresuid(2), setresuid(2), setfsuid(2) and the effective id.
/// </summary>
public static class Users
{
    /// <summary>getuid(2).</summary>
    [Syscall("getuid")]
    public static SysResult GetUid(Task task) => (long)task.ShowUid(task.Credentials.Uid);

    /// <summary>geteuid(2).</summary>
    [Syscall("geteuid")]
    public static SysResult GetEffectiveUid(Task task) => (long)task.ShowUid(task.Credentials.EffectiveUid);

    /// <summary>getresuid(2).</summary>
    [Syscall("getresuid")]
    public static SysResult GetAllUids(Task task, GuestPtr<uint> real, GuestPtr<uint> effective,
        GuestPtr<uint> saved)
    {
        Credentials mine = task.Credentials;
        bool done = real.Write(task.Memory, task.ShowUid(mine.Uid)) == Errno.Success
            && effective.Write(task.Memory, task.ShowUid(mine.EffectiveUid)) == Errno.Success
            && saved.Write(task.Memory, task.ShowUid(mine.SavedUid)) == Errno.Success;
        return done ? 0 : Errno.EFAULT;
    }

    /// <summary>setuid(2).</summary>
    [Syscall("setuid")]
    public static SysResult SetUid(Task task, uint uid) => !task.TryReadUid(ref uid)
        ? Errno.EINVAL : Commit(task, UserRules.SetUid(task.Credentials, uid));

    /// <summary>setreuid(2).</summary>
    [Syscall("setreuid")]
    public static SysResult SetRealEffectiveUid(Task task, uint real, uint effective) =>
        !task.TryReadUid(ref real) || !task.TryReadUid(ref effective) ? Errno.EINVAL :
        Commit(task, UserRules.SetRealEffective(task.Credentials, real, effective));

    /// <summary>setresuid(2).</summary>
    [Syscall("setresuid")]
    public static SysResult SetAllUids(Task task, uint real, uint effective, uint saved) =>
        !task.TryReadUid(ref real) || !task.TryReadUid(ref effective) || !task.TryReadUid(ref saved)
        ? Errno.EINVAL : Commit(task, UserRules.SetAll(task.Credentials, real, effective, saved));

    /// <summary>setfsuid(2): always answers the id before.</summary>
    [Syscall("setfsuid")]
    public static SysResult SetFileSystemUid(Task task, uint uid)
    {
        uint before = task.ShowUid(task.Credentials.FsUid);
        if (task.TryReadUid(ref uid))
        {
            _ = Commit(task, UserRules.SetFileSystem(task.Credentials, uid));
        }

        return (long)before;
    }

    internal static SysResult Commit(Task task, Result<Credentials> outcome)
    {
        if (!outcome.TryGet(out Credentials? changed, out Errno error))
        {
            return error;
        }

        CredentialChange.Commit(task, changed);
        return 0;
    }
}
