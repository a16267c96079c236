// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Archives;

/// <summary>Makes one tree of files out of archives, layer by layer.</summary>
internal sealed class ArchiveTree
{
    private const int LongestName = 255;
    private const long MostTextBytes = 256 << 20;

    private readonly ArchiveFileSystem _files;
    private readonly int _mostEntries;
    private readonly ArchivePath _paths;
    private ImageSource _source = null!;
    private int _layer;
    private int _entries;
    private long _textBytes;

    internal ArchiveTree(VirtualFileSystem vfs, ImageOptions options)
    {
        _files = new ArchiveFileSystem(vfs, options);
        _mostEntries = options.MostEntries;
        _paths = new ArchivePath(this);
    }

    internal ArchiveFileSystem FileSystem => _files;

    internal ArchiveInode Root => _files.Top;

    /// <summary>Adds an archive over what is there.</summary>
    /// <param name="region">The tar.</param>
    /// <param name="hasWhiteouts">Names that begin with .wh. take away what lower layers have.</param>
    /// <returns>What is wrong, in words that follow the image's name; null when nothing is.</returns>
    internal string? Add(ImageRegion region, bool hasWhiteouts)
    {
        _layer++;
        _source = region.Source;
        _files.Own(_source);
        byte[] window = ScratchBuffers.Take();
        var reader = new TarReader(region, window);
        var entry = new TarEntry();
        string? problem = null;
        int headers = 0;
        while (problem is null && reader.Next(entry))
        {
            _entries += reader.Headers - headers;
            headers = reader.Headers;
            _textBytes += TextBytes(entry);
            problem = IsFull ? Full() : Add(entry, hasWhiteouts);
        }

        ScratchBuffers.Return(window);
        _files.Files = _entries;
        return problem ?? reader.Problem ?? (IsFull ? Full() : null);
    }

    /// <summary>What a path leads to, through symbolic links, or null.</summary>
    internal ArchiveInode? Find(string path) => _paths.Find(Encoding.UTF8.GetBytes(path), followLast: true);

    /// <summary>A directory that no entry describes (yet).</summary>
    internal ArchiveInode? AddDirectory(ArchiveInode parent, byte[] name)
    {
        if (name.Length > LongestName || IsFull)
        {
            return null;
        }

        _entries++;
        _textBytes += name.Length;
        var made = new ArchiveInode(_files) { Layer = _layer };
        Place(parent, name, made);
        return made;
    }

    private bool IsFull => _entries > _mostEntries || _textBytes > MostTextBytes;

    private string Full() => _entries > _mostEntries
        ? $"image has more than {_mostEntries} files" : "image's names and attributes take more than 256 MiB";

    private string? Add(TarEntry entry, bool hasWhiteouts)
    {
        ReadOnlySpan<byte> path = entry.Name;
        path = path.TrimEnd((byte)'/');
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        if (name.IsEmpty || name.SequenceEqual("."u8))
        {
            return AddRoot(entry, path);
        }

        if (name.Length > LongestName || Climbs(path))
        {
            return Wrong(entry, Climbs(path) ? "'..' in its name" : "its name is too long");
        }

        ArchiveInode? parent = _paths.Make(slash < 0 ? default : path[..slash]);
        if (parent is null)
        {
            return IsFull ? Full() : Wrong(entry, _paths.Problem ?? "it cannot be made");
        }

        if (hasWhiteouts && name.StartsWith(".wh."u8))
        {
            Hide(parent, name[".wh.".Length..]);
            return null;
        }

        return entry.Kind == (byte)'1' ? AddLink(entry, parent, name) : AddNode(entry, parent, name);
    }

    /// <summary>"." or "./", which describes the root.</summary>
    private string? AddRoot(TarEntry entry, ReadOnlySpan<byte> path)
    {
        if (path.ContainsAnyExcept((byte)'.', (byte)'/') || Climbs(path))
        {
            return Wrong(entry, "its name makes no sense");
        }

        if (entry.Kind == (byte)'5')
        {
            Root.SetAttributes(entry);
        }

        return null;
    }

    private string? AddNode(TarEntry entry, ArchiveInode parent, ReadOnlySpan<byte> name)
    {
        FileType type = entry.Kind switch
        {
            (byte)'2' => FileType.Symlink,
            (byte)'3' => FileType.CharacterDevice,
            (byte)'4' => FileType.BlockDevice,
            (byte)'5' or (byte)'D' => FileType.Directory,
            (byte)'6' => FileType.Fifo,
            0 or (byte)'0' or (byte)'7' => FileType.Regular,
            _ => FileType.None,
        };
        if (type == FileType.None)
        {
            return entry.Kind == (byte)'V' ? null
                : Wrong(entry, entry.Kind == (byte)'S' ? "it is sparse (GNU), which moat does not read"
                    : $"its type 0x{entry.Kind:x2} is not known");
        }

        if (type == FileType.Symlink && entry.Target.Length == 0)
        {
            return Wrong(entry, "it is a link to nowhere");
        }

        ArchiveInode? present = parent.Find(name);
        if (type == FileType.Directory && present is { IsDirectory: true })
        {
            present.SetAttributes(entry);
            present.Layer = _layer;
            return null;
        }

        Place(parent, name.ToArray(), new ArchiveInode(_files, type, entry, _source) { Layer = _layer });
        return null;
    }

    private string? AddLink(TarEntry entry, ArchiveInode parent, ReadOnlySpan<byte> name)
    {
        ArchiveInode? target = Climbs(entry.Target) ? null : _paths.Find(entry.Target, followLast: false);
        if (target is null || target.IsDirectory)
        {
            return Wrong(entry, "it is a hard link to something that is not there");
        }

        if (parent.Find(name) != target)
        {
            target.Layer = _layer;
            Place(parent, name.ToArray(), target);
        }

        return null;
    }

    private static void Place(ArchiveInode parent, byte[] name, ArchiveInode node)
    {
        Remove(parent, name);
        parent.Children[name] = node;
        if (node.IsDirectory)
        {
            parent.LinkCount++;
        }
        else
        {
            node.LinkCount++;
        }
    }

    private static void Remove(ArchiveInode parent, byte[] name)
    {
        if (!parent.Children.Remove(name, out ArchiveInode? old))
        {
            return;
        }

        if (old.IsDirectory)
        {
            parent.LinkCount--;
        }
        else
        {
            old.LinkCount--;
        }
    }

    /// <summary>A whiteout, or an opaque mark (the OCI image specification's layer.md).</summary>
    private void Hide(ArchiveInode parent, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(".wh..opq"u8))
        {
            HideAll(parent);
            return;
        }

        // Others with two marks are aufs' own books.
        if (name.IsEmpty || name.StartsWith(".wh."u8) || parent.Find(name) is not { } hidden)
        {
            return;
        }

        if (hidden.Layer < _layer)
        {
            Remove(parent, name.ToArray());
        }
        else if (hidden.IsDirectory)
        {
            HideAll(hidden);
        }
    }

    /// <summary>Takes away what lower layers have in a directory; once for each layer.</summary>
    private void HideAll(ArchiveInode directory)
    {
        if (directory.OpaqueIn == _layer)
        {
            return;
        }

        directory.OpaqueIn = _layer;
        foreach ((byte[] name, ArchiveInode child) in directory.Children)
        {
            if (child.Layer < _layer)
            {
                // Removing what is at hand does not disturb the enumeration.
                Remove(directory, name);
            }
        }
    }

    private static bool Climbs(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            if ((slash < 0 ? path : path[..slash]).SequenceEqual(".."u8))
            {
                return true;
            }

            path = slash < 0 ? default : path[(slash + 1)..];
        }

        return false;
    }

    private static long TextBytes(TarEntry entry)
    {
        long bytes = entry.Name.Length + entry.Target.Length;
        foreach (byte[] part in entry.Attributes)
        {
            bytes += part.Length;
        }

        return bytes;
    }

    /// <summary>Names are the archive's: only what is printable goes into the message.</summary>
    private static string Wrong(TarEntry entry, string why)
    {
        var shown = new StringBuilder();
        foreach (byte value in entry.Name.AsSpan(0, Math.Min(entry.Name.Length, 200)))
        {
            shown.Append(value is >= 0x20 and < 0x7f ? (char)value : '?');
        }

        return $"tar entry \"{shown}\": {why}";
    }
}
