// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Host.Files;
using Moat.Memory;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// An open host file, shared by all guest opens and mappings of it: one descriptor per inode and mode.
/// </summary>
internal sealed class HostContent(HostInode inode, int fd, bool readable, bool writable)
    : MemoryObject, IReusable
{
    private int _touched = 1;

    public override int HostFd { get; } = fd;

    public override ulong KeptAs { get; } =
        inode.Options.IsExclusive && !writable ? NextKept() : 0;

    public override bool IsHostFile => true;

    public override ulong DeviceId => inode.GuestDevice;

    public override ulong InodeNumber => inode.Number;

    public override string? Name => MappedName;

    /// <summary>The path by which it was first mapped.</summary>
    internal string? MappedName { get; set; }

    internal bool Readable { get; } = readable;

    internal bool Writable { get; } = writable;

    /// <summary>Used since the cache's hand last came by.</summary>
    internal void Touch() => Volatile.Write(ref _touched, 1);

    /// <inheritdoc/>
    public bool TakeTouch()
    {
        // A mark that is set at the same moment may get lost: it is a hint.
        bool was = Volatile.Read(ref _touched) != 0;
        Volatile.Write(ref _touched, 0);
        return was;
    }

    /// <inheritdoc/>
    public void Evict() => Release();

    protected override void Destroy()
    {
        inode.Host.Usage?.Closing(HostFd);
        inode.Contents.Forget(this);
        HostFile.Close(HostFd);
        inode.Options.Descriptors.GiveBack();
    }
}
