// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Namespaces;

namespace Moat.Kernel.Tasks;

/// <summary>The numbers that clone3's set_tid chooses for a new process (alloc_pid in Linux).</summary>
internal static class ChosenIds
{
    /// <summary>EINVAL for what no namespace on the way up has, EPERM without rights over it.</summary>
    internal static Errno Check(Task parent, PidNamespace space, int[]? chosen)
    {
        if (chosen?.Length > space.Level + 1)
        {
            return Errno.EINVAL;
        }

        PidNamespace at = space;
        foreach (int id in chosen ?? [])
        {
            bool isFirst = at is { Parent: not null, Init: null };
            if (id < 1 || id >= TaskTree.MaxId || (isFirst && id != 1))
            {
                return Errno.EINVAL;
            }

            if (!parent.Credentials.Has(Capability.CheckpointRestore, at.Owner)
                && !parent.Credentials.Has(Capability.SysAdmin, at.Owner))
            {
                return Errno.EPERM;
            }

            at = at.Parent ?? at;
        }

        return Errno.Success;
    }
}
