// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>Walks paths in a tree of archives, through its symbolic links, never out of it.</summary>
/// <remarks>Bounded: 40 links for a path, as on Linux, a depth, and steps for all paths of a tree.</remarks>
internal sealed class ArchivePath(ArchiveTree tree)
{
    private const int MostLinks = 40;
    private const int Deepest = 1024;
    private const long MostSteps = 200_000_000;

    private readonly List<byte[]> _pending = [];
    private readonly List<ArchiveInode> _chain = [];
    private int _links;
    private long _steps;

    /// <summary>What is wrong, in words that follow the path; null when nothing is.</summary>
    internal string? Problem { get; private set; }

    /// <summary>The directory that a path leads to, made where it is missing; or null.</summary>
    internal ArchiveInode? Make(ReadOnlySpan<byte> path) => Walk(path, make: true);

    /// <summary>What a path leads to, or null.</summary>
    internal ArchiveInode? Find(ReadOnlySpan<byte> path, bool followLast)
    {
        ReadOnlySpan<byte> trimmed = path.TrimEnd((byte)'/');
        int slash = trimmed.LastIndexOf((byte)'/');
        if (followLast)
        {
            return Walk(trimmed, make: false);
        }

        return Walk(slash < 0 ? default : trimmed[..slash], make: false)?.Find(trimmed[(slash + 1)..]);
    }

    private ArchiveInode? Walk(ReadOnlySpan<byte> path, bool make)
    {
        Problem = null;
        _links = 0;
        _chain.Clear();
        _chain.Add(tree.Root);
        _pending.Clear();
        Push(path);
        while (_pending.Count > 0)
        {
            byte[] name = _pending[^1];
            _pending.RemoveAt(_pending.Count - 1);
            ArchiveInode at = _chain[^1];
            if (++_steps > MostSteps)
            {
                Problem = "paths and links of the image lead on and on";
                return null;
            }

            if (name is [(byte)'.', (byte)'.'])
            {
                _chain.RemoveRange(_chain.Count - 1, _chain.Count > 1 ? 1 : 0);
                continue;
            }

            ArchiveInode? next = at.IsDirectory ? at.Find(name) : null;
            if (next is null)
            {
                next = make && at.IsDirectory ? tree.AddDirectory(at, name) : null;
                if (next is null)
                {
                    Problem = at.IsDirectory ? "no such file" : "a file stands where a directory is needed";
                    return null;
                }
            }

            if (!Enter(next, make))
            {
                return null;
            }
        }

        return _chain[^1];
    }

    private bool Enter(ArchiveInode next, bool make)
    {
        if (next.IsSymlink)
        {
            if (++_links > MostLinks)
            {
                Problem = "too many symbolic links";
                return false;
            }

            if (next.Target is [(byte)'/', ..])
            {
                _chain.RemoveRange(1, _chain.Count - 1);
            }

            Push(next.Target);
            return true;
        }

        if (make && !next.IsDirectory)
        {
            Problem = "a file stands where a directory is needed";
            return false;
        }

        if (_chain.Count >= Deepest)
        {
            Problem = "directories are nested too deeply";
            return false;
        }

        _chain.Add(next);
        return true;
    }

    /// <summary>Adds the names of a path to what is to be walked, the first on top.</summary>
    private void Push(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int slash = path.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> name = path[(slash + 1)..];
            path = slash < 0 ? default : path[..slash];
            if (!name.IsEmpty && !name.SequenceEqual("."u8))
            {
                _pending.Add(name.ToArray());
            }
        }
    }
}
