// SPDX-License-Identifier: Apache-2.0
using System.IO;
using Moat.Abi;
using Moat.Host.Children;
using Moat.Host.Launching;
using Moat.Host.Seccomp;
using Moat.Sandbox.Boot;

namespace Moat.Sandbox.Confinement;

/// <summary>The kernel process shuts itself in, before any guest code exists.</summary>
internal static class Confiner
{
    private const int Failed = 125;

    /// <summary>Makes an empty read-only tmpfs the root and lets go of the host's tree.</summary>
    internal static void EnterEmptyRoot()
    {
        string place = Directory.Exists("/tmp") ? "/tmp" : Directory.Exists("/proc") ? "/proc" : "/usr";
        const ulong flags = HostMount.NoSetUid | HostMount.NoDevices | HostMount.NoExecute;
        Check(HostMount.Mount("none", place, "tmpfs", flags, "size=4k,nr_inodes=1,mode=0555"),
            "mount an empty root");
        Check(HostMount.ChangeDirectory(place), "enter the empty root");
        Check(HostMount.PivotToCurrentDirectory(), "pivot into the empty root");
        Check(HostMount.Detach("."), "detach the host's root");
        Check(HostMount.ChangeDirectory("/"), "enter the empty root");
        Check(
            HostMount.Mount("none", "/", "", HostMount.Remount | HostMount.Bind | HostMount.ReadOnly | flags),
            "protect the empty root");
    }

    /// <summary>As many open files as allowed, no core dumps.</summary>
    internal static void LimitResources()
    {
        if (HostLimits.Get(HostLimits.OpenFiles, out _, out ulong hard) == Errno.Success)
        {
            _ = HostLimits.Set(HostLimits.OpenFiles, hard, hard);
        }

        _ = HostLimits.Set(HostLimits.CoreSize, 0, 0);
    }

    /// <summary>Keeps only these capabilities, for itself and everything it starts.</summary>
    internal static void DropPrivileges(ulong kept, int[] otherThreads)
    {
        Check(HostPrivileges.KeepOnly(kept, otherThreads), "drop capabilities");
        Check(HostPrivileges.ForbidNewPrivileges(), "set no_new_privs");
    }

    /// <summary>From here on the host refuses every call that is not on the list.</summary>
    internal static void InstallFilter()
    {
        ChildProgram.Prepare();
        Check(SeccompFilter.Install(KernelFilter.Get(), SeccompFilter.AllThreads).Error,
            "install the seccomp filter");
    }

    private static void Check(Errno error, string what)
    {
        if (error != Errno.Success)
        {
            throw new BootException(Failed,
                $"confining the kernel process: {what}: {error}; see `moat doctor`");
        }
    }
}
