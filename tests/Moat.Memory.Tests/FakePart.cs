// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory.Tests;

/// <summary>An object inside a larger one, whose end lies in a descriptor of its own.</summary>
public sealed class FakePart(int fd, ulong offset, ulong length, int tailFd) : MemoryObject
{
    public override int HostFd => fd;

    public override ulong HostOffset => offset;

    public override ulong HostLength => length;

    public override int TailFd => tailFd;

    protected override void Destroy()
    {
    }
}
