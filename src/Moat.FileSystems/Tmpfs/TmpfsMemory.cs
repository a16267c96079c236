// SPDX-License-Identifier: Apache-2.0
using Moat.Memory;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A mapped tmpfs file: keeps the inode in use until the last mapping is gone.</summary>
internal sealed class TmpfsMemory : MemoryObject
{
    private readonly TmpfsFile _file;

    internal TmpfsMemory(TmpfsFile file, int fd)
    {
        _file = file;
        HostFd = fd;
        file.AddUse();
    }

    public override int HostFd { get; }

    public override ulong DeviceId => _file.FileSystem.DeviceId;

    public override ulong InodeNumber => _file.Number;

    public override string? Name => MappedName;

    /// <summary>The path by which it was first mapped.</summary>
    internal string? MappedName { get; set; }

    protected override void Destroy() => _file.DropUse();
}
