// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>Credentials that enter a user namespace (user_namespaces(7)).</summary>
public static class UserSpaces
{
    /// <summary>CLONE_NEWUSER: every capability in a new namespace, and none outside.</summary>
    /// <returns>ENOSPC beyond the limits; EPERM in a chroot, and for ids that are not mapped.</returns>
    public static Result<Credentials> Create(Task task)
    {
        Credentials mine = task.Credentials;
        if (mine.Space.Level >= UserNamespace.MaximumLevel || !mine.Space.HasRoom())
        {
            return Errno.ENOSPC;
        }

        bool isChrooted = task.Namespaces.Mounts is { } mounts && task.FileSystem.Root != mounts.Root;
        if (isChrooted || mine.Space.Uids.FromKernel(mine.EffectiveUid) == IdMap.Invalid
            || mine.Space.Gids.FromKernel(mine.EffectiveGid) == IdMap.Invalid)
        {
            return Errno.EPERM;
        }

        return Enter(mine, new UserNamespace(mine));
    }

    /// <summary>What one has in a namespace that one has just entered.</summary>
    public static Credentials Enter(Credentials mine, UserNamespace space) => mine with
    {
        Space = space,
        Permitted = Credentials.AllCapabilities, Effective = Credentials.AllCapabilities,
        Bounding = Credentials.AllCapabilities, Inheritable = 0, Ambient = 0, SecureBits = 0,
    };
}
