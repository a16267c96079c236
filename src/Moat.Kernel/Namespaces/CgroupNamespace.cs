// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>
/// The root of the cgroups that its processes see (cgroup_namespaces(7)); there is one cgroup so far.
/// </summary>
public sealed class CgroupNamespace(UserNamespace owner, uint number = 0)
    : GuestNamespace(NamespaceKind.Cgroup, owner, number);
