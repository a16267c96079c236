// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Proc;

/// <summary>What all files of a procfs instance know.</summary>
/// <param name="FileSystem">The instance.</param>
/// <param name="Kernel">The kernel it shows.</param>
/// <param name="Facts">What it tells of the host.</param>
/// <param name="Pids">The PID namespace that it shows.</param>
public sealed record ProcContext(
    FileSystem FileSystem, LinuxKernel Kernel, HostFacts Facts, PidNamespace Pids)
{
    /// <summary>A process, thread, group or session by its number here; 0 where it is not seen.</summary>
    internal int Show(int id) => Kernel.Tree.Show(id, Pids);

    /// <summary>The kernel's number for one that is named here; 0 for none.</summary>
    internal int Read(int id) => TaskTree.ToGlobal(id, Pids);
}
