// SPDX-License-Identifier: Apache-2.0
namespace Moat.Control.Boot;

/// <summary>File systems that a sandbox can mount.</summary>
public enum MountKind
{
    Bind,
    Tmpfs,
    Proc,
    Sysfs,
    Dev,
    Devpts,
    Mqueue,
    Cgroup,
    Cgroup2,

    /// <summary>One controller's directory of the container's own, by descriptor.</summary>
    CgroupDirectory,
}
