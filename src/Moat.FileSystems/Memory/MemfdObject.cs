// SPDX-License-Identifier: Apache-2.0
using Moat.Host.Files;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.FileSystems.Memory;

/// <summary>A guest memfd: a host memfd, shared by all open files and mappings of it.</summary>
/// <remarks>The host enforces the seals, against mappings in stubs too.</remarks>
public sealed class MemfdObject(int hostFd, string name) : MemoryObject
{
    private readonly ulong _inode = AnonymousInodes.Next();

    /// <inheritdoc/>
    public override int HostFd => hostFd;

    /// <inheritdoc/>
    public override ulong DeviceId => AnonymousInodes.MemoryDevice;

    /// <inheritdoc/>
    public override ulong InodeNumber => _inode;

    /// <inheritdoc/>
    public override string Name => $"/memfd:{name} (deleted)";

    /// <inheritdoc/>
    protected override void Destroy() => HostFile.Close(hostFd);
}
