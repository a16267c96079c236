// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.IO.Compression;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Archives.Zstd;
using Moat.FileSystems.Images;
using Moat.Host.Files;
using Moat.Host.Shared;

namespace Moat.FileSystems.Archives;

/// <summary>Finds out how an archive is compressed, and inflates gzip and zstd to a memfd.</summary>
internal static class Compression
{
    /// <summary>The archive itself: what it is when nothing is compressed.</summary>
    /// <param name="region">The archive; replaced by what was inflated.</param>
    /// <param name="left">How many bytes may still be inflated.</param>
    /// <returns>What is wrong, in words that follow the image's name; null when nothing is.</returns>
    internal static string? Undo(ref ImageRegion region, ByteBudget left)
    {
        Span<byte> magic = stackalloc byte[6];
        if (region.Length < magic.Length || region.Source.ReadExactly(magic, region.Start) != Errno.Success)
        {
            return null;
        }

        if (magic.StartsWith<byte>([0x1f, 0x8b]))
        {
            return Inflate(
                ref region, new GZipStream(new RegionStream(region), CompressionMode.Decompress), left);
        }

        if (magic.StartsWith<byte>([0x28, 0xb5, 0x2f, 0xfd]))
        {
            return Inflate(ref region, new ZstdStream(new RegionStream(region)), left);
        }

        string? name = magic.SequenceEqual<byte>([0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0]) ? "xz"
            : magic.StartsWith("BZh"u8) ? "bzip2" : null;
        return name is null ? null
            : $"is compressed with {name}, which moat does not read; use gzip, zstd or no compression";
    }

    private static string? Inflate(ref ImageRegion region, Stream stream, ByteBudget left)
    {
        const MemfdFlags Flags = MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing | MemfdFlags.Exec;
        if (!Memfd.Create("layer", Flags).TryGet(out int fd, out Errno error))
        {
            return $"cannot be inflated: {ErrnoMessages.Get(error)}";
        }

        string? problem;
        long length = 0;
        byte[] buffer = ScratchBuffers.Take();
        try
        {
            problem = Copy(stream, fd, buffer, left, ref length);
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            problem = "is damaged: it does not inflate";
        }
        finally
        {
            stream.Dispose();
        }

        ScratchBuffers.Return(buffer);
        if (problem is null && Memfd.AddSeals(fd, ImageMemory.Seals) != Errno.Success)
        {
            problem = "cannot be inflated: no seals";
        }

        if (problem is not null)
        {
            _ = HostFile.Close(fd);
            return problem;
        }

        region = ImageRegion.All(new ImageSource(fd, length));
        return null;
    }

    private static string? Copy(Stream stream, int fd, byte[] buffer, ByteBudget left, ref long length)
    {
        while (stream.Read(buffer, 0, buffer.Length) is var count and > 0)
        {
            if (!left.TryTake(count))
            {
                return "inflates to more than half of the sandbox's memory; use layers without compression";
            }

            for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, count); !rest.IsEmpty;)
            {
                if (!HostFile.Pwrite(fd, rest, length).TryGet(out int written, out Errno error))
                {
                    return $"cannot be inflated: {ErrnoMessages.Get(error)}";
                }

                rest = rest[written..];
                length += written;
            }
        }

        return null;
    }
}
