// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>
/// Writes the upper layer of an overlay as a tar in the format of OCI image layers: whiteouts are empty files
/// .wh.NAME, an opaque directory has one named .wh..wh..opq.
/// </summary>
/// <remarks>
/// Names are the guest's: those that would say something else in this format are left out and counted. Memory
/// and depth are bounded, whatever the tree.
/// </remarks>
public sealed class LayerExport
{
    private const int MaximumLinkBytes = 64 << 20;

    private readonly OverlayFileSystem _overlay;
    private readonly Caller _caller;
    private readonly TarOutput _output;
    private readonly PaxRecords _records = new();
    private readonly ExportedContent _content;
    private readonly Dictionary<ulong, byte[]> _links = [];
    private int _linkBytes;
    private long _leftOut;

    private LayerExport(Caller caller, OverlayFileSystem overlay, int fd)
    {
        _caller = caller;
        _overlay = overlay;
        _output = new TarOutput(fd);
        _content = new ExportedContent(caller, overlay, _output, _records);
    }

    private static ReadOnlySpan<byte> WhiteoutPrefix => ".wh."u8;

    /// <summary>Writes all of it.</summary>
    /// <param name="caller">Who may read everything.</param>
    /// <param name="overlay">What is exported.</param>
    /// <param name="fd">A descriptor of the host to write to.</param>
    /// <returns>How many entries were left out, or what went wrong.</returns>
    public static Result<long> Write(Caller caller, OverlayFileSystem overlay, int fd)
    {
        var export = new LayerExport(caller, overlay, fd);
        Errno error = export.Run();
        return error != Errno.Success ? error : export._leftOut;
    }

    private Errno Run()
    {
        Inode root = _overlay.UpperRoot;
        Errno error = root.GetAttributes(out InodeAttributes attributes);
        Result<DirectoryListing> names = root.List(_caller);
        if (error != Errno.Success || !names.IsOk)
        {
            return error != Errno.Success ? error : names.Error;
        }

        if (_overlay.Root.Inode is OverlayInode { Upper: not null })
        {
            Begin(root);
            InodeFields fields = InodeFields.Of(attributes);
            TarHeader.Write(_output, _records, TarHeader.Directory, "./"u8, fields, 0, []);
        }

        var walk = new ExportWalk(root, names.Value);
        while (_output.Error == Errno.Success && walk.MoveNext(ref _leftOut))
        {
            AddEntry(walk);
        }

        _output.End();
        return _output.Error;
    }

    private void AddEntry(ExportWalk walk)
    {
        Result<Inode> found = walk.Directory.Lookup(_caller, walk.Name);
        if (!found.IsOk)
        {
            _leftOut += found.Error == Errno.ENOENT ? 0 : 1;
            return;
        }

        Inode inode = found.Value;
        Errno error = inode.GetAttributes(out InodeAttributes attributes);
        if (error != Errno.Success || walk.Name.StartsWith(WhiteoutPrefix))
        {
            // A file of the guest's that begins like this would take something else away.
            _leftOut++;
            return;
        }

        if (OverlayMarks.IsWhiteout(_caller, inode, _overlay.IsUpperForeign))
        {
            byte[] name = [.. walk.Parent, .. WhiteoutPrefix, .. walk.Name];
            AddEmpty(name, attributes.ModifyTime);
            return;
        }

        Begin(inode);
        InodeFields fields = InodeFields.Of(attributes);
        switch (inode.Type)
        {
            case FileType.Directory:
                AddDirectory(walk, inode, fields);
                break;
            case FileType.Regular when !TryAddLink(walk, fields, attributes):
                _leftOut += _content.Add(walk.Path, inode, fields, attributes.Size) ? 0 : 1;
                break;
            case FileType.Symlink when !TryAddLink(walk, fields, attributes):
                AddSymlink(walk.Path, inode, fields);
                break;
            case FileType.CharacterDevice when !TryAddLink(walk, fields, attributes):
                TarHeader.Write(_output, _records, TarHeader.CharacterDevice, walk.Path, fields, 0, []);
                break;
            case FileType.BlockDevice when !TryAddLink(walk, fields, attributes):
                TarHeader.Write(_output, _records, TarHeader.BlockDevice, walk.Path, fields, 0, []);
                break;
            case FileType.Fifo when !TryAddLink(walk, fields, attributes):
                TarHeader.Write(_output, _records, TarHeader.Fifo, walk.Path, fields, 0, []);
                break;
            default:
                // Sockets: no tar has them, and they are of no use to anybody.
                break;
        }
    }

    private void Begin(Inode inode)
    {
        _records.Clear();
        _leftOut += ExportedAttributes.Add(_caller, inode, _records) ? 0 : 1;
    }

    private void AddEmpty(ReadOnlySpan<byte> name, Timespec time)
    {
        _records.Clear();
        TarHeader.Write(_output, _records, TarHeader.Regular, name,
            new InodeFields { ModifyTime = time with { Nanoseconds = 0 } }, 0, []);
    }

    private void AddDirectory(ExportWalk walk, Inode inode, in InodeFields fields)
    {
        byte[] name = [.. walk.Path, (byte)'/'];
        TarHeader.Write(_output, _records, TarHeader.Directory, name, fields, 0, []);
        if (OverlayMarks.IsOpaque(_caller, inode))
        {
            AddEmpty([.. name, .. ".wh..wh..opq"u8], fields.ModifyTime);
        }

        Result<DirectoryListing> names = inode.List(_caller);
        _leftOut += names.IsOk && walk.TryEnter(inode, names.Value) ? 0 : 1;
    }

    private void AddSymlink(ReadOnlySpan<byte> path, Inode inode, in InodeFields fields)
    {
        if (inode.ReadLink(_caller).TryGet(out byte[]? target, out _))
        {
            TarHeader.Write(_output, _records, TarHeader.Symlink, path, fields, 0, target);
        }
        else
        {
            _leftOut++;
        }
    }

    /// <summary>A further name of something that is in the tar already.</summary>
    private bool TryAddLink(ExportWalk walk, in InodeFields fields, in InodeAttributes attributes)
    {
        if (attributes.LinkCount < 2)
        {
            return false;
        }

        if (_links.TryGetValue(attributes.InodeNumber, out byte[]? first))
        {
            _records.Clear();
            TarHeader.Write(_output, _records, TarHeader.HardLink, walk.Path, fields, 0, first);
            return true;
        }

        // Beyond this they become files of their own.
        if (_linkBytes < MaximumLinkBytes)
        {
            _linkBytes += walk.Path.Length + 64;
            _links.Add(attributes.InodeNumber, walk.Path.ToArray());
        }

        return false;
    }
}
