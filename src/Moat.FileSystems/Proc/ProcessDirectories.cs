// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Proc;

/// <summary>What a descriptor of /proc/PID stands for, for calls that take one in a pidfd's place.</summary>
public static class ProcessDirectories
{
    /// <summary>The process of an open /proc/PID; null for every other file.</summary>
    public static ThreadGroup? ProcessOf(OpenFile file) =>
        file is InodeFile { Inode: ProcessDirectory directory } ? directory.Process : null;
}
