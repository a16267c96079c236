// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Syscalls.Paths;

/// <summary>Who may change mounts.</summary>
internal static class MountRights
{
    /// <summary>True with CAP_SYS_ADMIN where the caller's mount namespace belongs.</summary>
    internal static bool MayMount(Task task) => task.Credentials.Has(
        Capability.SysAdmin, task.Namespaces.Mounts?.Owner ?? UserNamespace.Initial);

    /// <summary>True for places in the caller's mount namespace.</summary>
    internal static bool IsOwn(Task task, Location place) =>
        place.Mount.Namespace is { } space && space == task.Namespaces.Mounts;
}
