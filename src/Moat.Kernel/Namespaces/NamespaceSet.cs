// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Uts;
using Moat.Vfs;

namespace Moat.Kernel.Namespaces;

/// <summary>The namespaces of a task (struct nsproxy): immutable, replaced as a whole.</summary>
/// <param name="Uts">Host and domain name.</param>
/// <param name="Ipc">System V objects.</param>
/// <param name="Net">Networks.</param>
public sealed record NamespaceSet(UtsNamespace Uts, IpcNamespace Ipc, NetNamespace Net)
{
    /// <summary>What clone and unshare can make.</summary>
    public const CloneFlags Supported = CloneFlags.NewUts | CloneFlags.NewIpc | CloneFlags.NewNet;

    /// <summary>Every flag that asks for a new namespace.</summary>
    public const CloneFlags All = Supported | CloneFlags.NewMount | CloneFlags.NewCgroup | CloneFlags.NewUser
        | CloneFlags.NewPid | CloneFlags.NewTime;

    /// <summary>New namespaces where the flags say so, and the present ones elsewhere.</summary>
    /// <returns>EPERM without CAP_SYS_ADMIN, and for kinds that there is only one of.</returns>
    public Result<NamespaceSet> Unshare(Credentials who, CloneFlags flags)
    {
        if ((flags & All) == 0)
        {
            return this;
        }

        if (!who.HasOwn(Capability.SysAdmin) || (flags & All & ~Supported) != 0)
        {
            return Errno.EPERM;
        }

        return new NamespaceSet(
            (flags & CloneFlags.NewUts) != 0 ? Uts.Clone(who.Space) : Uts,
            (flags & CloneFlags.NewIpc) != 0 ? new IpcNamespace(who.Space) : Ipc,
            (flags & CloneFlags.NewNet) != 0 ? new NetNamespace(who.Space) : Net);
    }
}
