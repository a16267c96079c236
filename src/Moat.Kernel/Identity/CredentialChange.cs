// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Identity;

/// <summary>Gives a task new credentials.</summary>
public static class CredentialChange
{
    /// <summary>
    /// Replaces a task's credentials. A task that changes who it is to others stops being dumpable and hears
    /// no more of its parent's death (kernel/cred.c, commit_creds).
    /// </summary>
    public static void Commit(Task task, Credentials changed)
    {
        Credentials old = task.Credentials;
        if (old.EffectiveUid != changed.EffectiveUid || old.EffectiveGid != changed.EffectiveGid
            || old.FsUid != changed.FsUid || old.FsGid != changed.FsGid
            || (changed.Space == old.Space && (changed.Permitted & ~old.Permitted) != 0))
        {
            task.Group.IsDumpable = false;
            task.ParentDeathSignal = default;
        }

        task.Credentials = changed;
    }
}
