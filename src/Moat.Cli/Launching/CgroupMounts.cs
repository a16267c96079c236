// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Control.Boot;

namespace Moat.Cli.Launching;

/// <summary>
/// A cgroup mount of config.json on a host with version 1: a tmpfs with the container's own directory of each
/// hierarchy.
/// </summary>
internal static class CgroupMounts
{
    /// <summary>The plan with these mounts; those of a container without cgroups stay as they are.</summary>
    internal static LaunchPlan Add(LaunchPlan plan)
    {
        var mounts = new List<MountRequest>();
        var sources = new List<string>();
        int bind = 0;
        foreach (MountRequest mount in plan.Request.Mounts)
        {
            if (mount.Kind == MountKind.Bind)
            {
                sources.Add(plan.BindSources[bind++]);
            }

            if (mount.Kind != MountKind.Cgroup || plan.Cgroups.Count == 0)
            {
                mounts.Add(mount);
                continue;
            }

            const string options = "nosuid,noexec,nodev,relatime";
            mounts.Add(new MountRequest(
                MountKind.Tmpfs, mount.Target, Options: options + ",mode=755", Source: "tmpfs"));
            foreach (CgroupDirectory cgroup in plan.Cgroups)
            {
                // Always read-only: changes to a cgroup are the host's business.
                mounts.Add(new MountRequest(
                    MountKind.CgroupDirectory, $"{mount.Target.TrimEnd('/')}/{cgroup.Name}", ReadOnly: true,
                    Options: $"{options},{cgroup.Controllers}", Source: "cgroup"));
                sources.Add(cgroup.Path);
            }
        }

        return plan with { BindSources = sources, Request = plan.Request with { Mounts = mounts } };
    }
}
