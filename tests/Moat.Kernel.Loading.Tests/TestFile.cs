// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Memory.Tests;
using Moat.Vfs;

namespace Moat.Kernel.Loading.Tests;

/// <summary>A program file held in memory.</summary>
public sealed class TestFile(byte[] content, int fd = 7) : OpenFile(OpenFlags.ReadOnly)
{
    public byte[] Content => content;

    /// <summary>How many files are open.</summary>
    public static int Open { get; private set; }

    public override Result<InodeAttributes> GetAttributes() => new InodeAttributes { Size = content.Length };

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
    {
        if (offset < 0 || offset >= content.Length)
        {
            return offset < 0 ? Errno.EINVAL : 0;
        }

        int count = (int)Math.Min(buffer.Length, content.Length - offset);
        content.AsSpan((int)offset, count).CopyTo(buffer);
        return count;
    }

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write,
        bool execute) =>
        new FakeObject(fd, "/bin/test");

    protected override void Destroy()
    {
    }
}
