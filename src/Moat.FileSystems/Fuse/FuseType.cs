// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>The type "fuse" for mount(2), and /dev/fuse, which it needs.</summary>
public static class FuseType
{
    private const uint Major = 10;
    private const uint Minor = 229;
    private const long RequestBytes = 64L * 1024 * 1024;

    /// <summary>Registers both.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="kernel">The kernel, whose timers are used.</param>
    /// <param name="descriptors">Where descriptors for mapped files come from.</param>
    /// <param name="totalMemory">The guest's memory in bytes; mapped files may take half of it.</param>
    public static void Register(
        VirtualFileSystem vfs, LinuxKernel kernel, DescriptorBudget descriptors, long totalMemory)
    {
        var budget = new FuseBudget(RequestBytes, totalMemory / 2, descriptors);
        vfs.RegisterCharacterDevice(Major, Minor, new FuseDevice());
        vfs.Register(new FileSystemType("fuse", NeedsDevice: false,
            caller => new FuseConfig(vfs, kernel, budget, caller)) { HasSubtypes = true });
    }
}
