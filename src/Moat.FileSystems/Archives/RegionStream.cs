// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>A region as a stream, for the decompressor. Throws <see cref="IOException"/>.</summary>
internal sealed class RegionStream(ImageRegion region) : Stream
{
    private long _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => region.Length;

    public override long Position
    {
        get => _at;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        int length = (int)Math.Min(buffer.Length, region.Length - _at);
        if (region.Source.ReadExactly(buffer[..length], region.Start + _at) != Errno.Success)
        {
            throw new IOException("the image cannot be read");
        }

        _at += length;
        return length;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
