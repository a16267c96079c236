// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Proc;

/// <summary>One name in a process's directory and what makes its inode.</summary>
internal sealed class ProcessEntry(
    string name, FileType type, bool inThreads, Func<ProcContext, Task, bool, Inode> make,
    bool onlyInThreads = false)
{
    /// <summary>The name.</summary>
    internal byte[] Name { get; } = Encoding.ASCII.GetBytes(name);

    internal FileType Type => type;

    /// <summary>True when it is there: in a process's directory, or in a thread's.</summary>
    internal bool IsIn(bool threadDirectory) => threadDirectory ? inThreads : !onlyInThreads;

    /// <summary>Makes the inode for a task; the flag says whether it is shown as a thread.</summary>
    internal Inode Make(ProcContext context, Task task, bool isThread) => make(context, task, isThread);
}
