// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Keys;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

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
            || !IsNoMore(old, changed))
        {
            task.Group.IsDumpable = false;
            task.ParentDeathSignal = default;
        }

        TaskKeyrings.OnIdentityChange(task, changed);
        task.Credentials = changed;
    }

    // In another user namespace they are no more than before only where that one descends from the old one
    // by a child that the old user made: who else joins must not be open to those who live there.
    private static bool IsNoMore(Credentials old, Credentials changed)
    {
        if (changed.Space == old.Space)
        {
            return (changed.Permitted & ~old.Permitted) == 0;
        }

        for (UserNamespace at = changed.Space; at.Owner is { } parent; at = parent)
        {
            if (parent == old.Space && at.OwnerUid == old.EffectiveUid)
            {
                return true;
            }
        }

        return false;
    }
}
