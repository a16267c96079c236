// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory.Tests;

/// <summary>A memory object with a made-up descriptor, which knows when it was destroyed.</summary>
public sealed class FakeObject(int fd, string? name = null) : MemoryObject
{
    public override int HostFd => fd;

    public override ulong DeviceId => name is null ? 0UL : 0xfe00;

    public override ulong InodeNumber => name is null ? 0UL : 331651;

    public override string? Name => name;

    public bool IsDestroyed { get; private set; }

    protected override void Destroy() => IsDestroyed = true;
}
