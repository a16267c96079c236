// SPDX-License-Identifier: Apache-2.0
using Moat.Host.Files;
using Moat.Memory;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// An open host file, shared by all guest opens and mappings of it: one descriptor per inode and mode.
/// </summary>
internal sealed class HostContent(HostInode inode, int fd, bool readable, bool writable) : MemoryObject
{
    public override int HostFd { get; } = fd;

    public override ulong DeviceId => inode.GuestDevice;

    public override ulong InodeNumber => inode.Number;

    public override string? Name => MappedName;

    /// <summary>The path by which it was first mapped.</summary>
    internal string? MappedName { get; set; }

    internal bool Readable { get; } = readable;

    internal bool Writable { get; } = writable;

    protected override void Destroy()
    {
        inode.Contents.Forget(this);
        HostFile.Close(HostFd);
        inode.Options.Descriptors.GiveBack();
    }
}
