// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>pipe(2), pipe2(2).</summary>
public static class Pipe
{
    /// <summary>pipe(2).</summary>
    [Syscall("pipe")]
    public static SysResult Create(Task task, GuestPtr<FdPair> fds) => Create2(task, fds, 0);

    /// <summary>pipe2(2).</summary>
    [Syscall("pipe2")]
    public static SysResult Create2(Task task, GuestPtr<FdPair> fds, OpenFlags flags)
    {
        if ((flags & ~(OpenFlags.CloseOnExec | OpenFlags.NonBlock | OpenFlags.Direct)) != 0)
        {
            return Errno.EINVAL;
        }

        (PipeFile read, PipeFile write) = PipeFile.CreatePair(task, flags);
        return DescriptorPair.Install(task, read, write, (flags & OpenFlags.CloseOnExec) != 0, fds);
    }
}
