// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Pipes;

/// <summary>Opens named pipes; the inode keeps the pipe.</summary>
public sealed class FifoOpener : IFifoOpener
{
    /// <inheritdoc/>
    public Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        Inode inode = location.Inode;
        object state = inode.SpecialState ?? inode.AttachSpecialState(new PipeBuffer());
        return state is PipeBuffer buffer ? new FifoFile(buffer, location, flags) : Errno.ENXIO;
    }
}
