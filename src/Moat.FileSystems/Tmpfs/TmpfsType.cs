// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>tmpfs for mount(2) and fsopen(2).</summary>
public static class TmpfsType
{
    /// <summary>The type to register.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="descriptors">Where descriptors for large and mapped files come from.</param>
    /// <param name="totalMemory">The guest's memory in bytes: an instance without a size option gets half of
    /// it.</param>
    /// <param name="budget">What all instances share.</param>
    public static FileSystemType Create(
        VirtualFileSystem vfs, DescriptorBudget descriptors, long totalMemory, TmpfsBudget budget)
    {
        var defaults = new TmpfsOptions
        {
            Descriptors = descriptors, SizeLimit = totalMemory / 2, Budget = budget,
        };
        return new FileSystemType("tmpfs", NeedsDevice: false,
            caller => new TmpfsConfig(vfs, defaults, totalMemory, caller.Credentials));
    }
}
