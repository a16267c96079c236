// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;
using Moat.Vfs.Landlock;

namespace Moat.Kernel.Tasks;

/// <summary>What one task may do to another, by their credentials.</summary>
public static class TaskAccess
{
    /// <summary>
    /// True when the caller may look into the target (ptrace(2), "Ptrace access mode checking", with real
    /// credentials): the same process, the same user and group throughout, or CAP_SYS_PTRACE.
    /// </summary>
    public static bool MayInspect(Task task, Task target)
    {
        if (task.Group == target.Group)
        {
            return true;
        }

        Credentials mine = task.Credentials;
        Credentials theirs = target.Credentials;
        bool sameIds = mine.Uid == theirs.EffectiveUid && mine.Uid == theirs.SavedUid
            && mine.Uid == theirs.Uid
            && mine.Gid == theirs.EffectiveGid && mine.Gid == theirs.SavedGid && mine.Gid == theirs.Gid;
        bool mayTrace = mine.Has(Capability.SysPtrace, theirs.Space);
        bool mayOpen = target.Group.IsDumpable
            || mine.Has(Capability.SysPtrace, target.Mm?.Owner ?? theirs.Space);
        bool fewerCapabilities = mine.Space == theirs.Space && (theirs.Permitted & ~mine.Permitted) == 0;
        return (sameIds || mayTrace) && mayOpen && (fewerCapabilities || mayTrace)
            && LandlockDomain.MayInspect(mine.Landlock, theirs.Landlock);
    }

    /// <summary>
    /// True when the caller may signal the target (kill(2)); SIGCONT within a session is the caller's affair.
    /// </summary>
    public static bool MaySignal(Credentials mine, Credentials theirs) =>
        mine.EffectiveUid == theirs.SavedUid || mine.EffectiveUid == theirs.Uid || mine.Uid == theirs.SavedUid
        || mine.Uid == theirs.Uid || mine.Has(Capability.Kill, theirs.Space);
}
