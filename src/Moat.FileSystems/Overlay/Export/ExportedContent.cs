// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>Writes regular files; those with holes in GNU's sparse format 1.0, as Go reads too.</summary>
internal sealed class ExportedContent(
    Caller caller, OverlayFileSystem overlay, TarOutput output, PaxRecords records)
{
    private readonly byte[] _buffer = new byte[256 * 1024];

    /// <summary>Adds a file; false when it cannot be read.</summary>
    internal bool Add(ReadOnlySpan<byte> path, Inode inode, in InodeFields fields, long size)
    {
        Location location = OverlayContent.PlaceOf(overlay, inode);
        if (!inode.Open(caller, location, OpenFlags.ReadOnly).TryGet(out OpenFile? file, out _))
        {
            return false;
        }

        Result<SparseMap> map = SparseMap.Of(file, size);
        if (map.IsOk)
        {
            Add(path, file, map.Value, fields, size);
        }

        file.Release();
        return map.IsOk;
    }

    private void Add(ReadOnlySpan<byte> path, OpenFile file, SparseMap map, in InodeFields fields, long size)
    {
        if (map.DataBytes == size)
        {
            TarHeader.Write(output, records, TarHeader.Regular, path, fields, size, []);
            Copy(file, 0, size);
            output.Pad();
            return;
        }

        byte[] text = map.Format(size);
        records.Add("GNU.sparse.major"u8, 1);
        records.Add("GNU.sparse.minor"u8, 0);
        _ = records.TryAdd("GNU.sparse.name"u8, path);
        records.Add("GNU.sparse.realsize"u8, size);
        TarHeader.Write(
            output, records, TarHeader.Regular, "GNUSparseFile.0/entry"u8, fields,
            text.Length + map.DataBytes, []);
        output.Write(text);
        foreach ((long offset, long length) in map.Pieces)
        {
            Copy(file, offset, length);
        }

        output.Pad();
    }

    // Exactly so many bytes, whatever becomes of the file meanwhile.
    private void Copy(OpenFile file, long offset, long length)
    {
        while (length > 0 && output.Error == Errno.Success)
        {
            Span<byte> chunk = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length));
            Result<int> read = file.ReadAt(caller, chunk, offset);
            if (!read.IsOk || read.Value == 0)
            {
                output.WriteZeros(length);
                return;
            }

            output.Write(chunk[..read.Value]);
            offset += read.Value;
            length -= read.Value;
        }
    }
}
