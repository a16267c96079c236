// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.FileSystems.Pipes;

/// <summary>An open FIFO: a pipe whose attributes are its inode's (fifo(7)).</summary>
public sealed class FifoFile : PipeFile
{
    private readonly Location _location;

    internal FifoFile(PipeBuffer buffer, Location location, OpenFlags flags)
        : base(buffer, flags, default, isFifo: true)
    {
        _location = location;
        location.Inode.AddUse();
    }

    /// <inheritdoc/>
    public override Location? Location => _location;

    /// <inheritdoc/>
    protected override bool HasName => true;

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes()
    {
        Errno error = _location.Inode.GetAttributes(out InodeAttributes attributes);
        return error == Errno.Success ? attributes : error;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        base.Destroy();
        FileNotify.Closed(this);
        _location.Inode.DropUse();
    }
}
