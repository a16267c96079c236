// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Vfs;

namespace Moat.FileSystems.Overlay.Export;

/// <summary>Where an export is in the tree: the directories above, and the path as bytes.</summary>
/// <remarks>
/// No recursion, and no path that system calls would not take: what a guest nests deeper is left out.
/// </remarks>
internal sealed class ExportWalk
{
    /// <summary>PATH_MAX without its zero, less a slash at the end and a whiteout's prefix.</summary>
    private const int MaximumPath = 4095 - 16;

    private readonly Stack<(Inode Directory, DirectoryListing Names, int Next, int Length)> _above = new();
    private readonly byte[] _path = new byte[MaximumPath];
    private Inode _directory;
    private DirectoryListing _names;
    private int _next;
    private int _parentLength;
    private int _length;

    internal ExportWalk(Inode root, DirectoryListing names) => (_directory, _names) = (root, names);

    /// <summary>The directory that is being listed.</summary>
    internal Inode Directory => _directory;

    /// <summary>The present entry's path, and its name in the directory.</summary>
    internal ReadOnlySpan<byte> Path => _path.AsSpan(0, _length);

    internal ReadOnlySpan<byte> Name => _names.Name(_next - 1);

    /// <summary>The present path without the last name; empty, or with a slash at its end.</summary>
    internal ReadOnlySpan<byte> Parent => _path.AsSpan(0, _parentLength);

    /// <summary>Goes on to the next entry, up where a directory ends; false at the end of all.</summary>
    /// <param name="leftOut">Counts entries whose path would be too long.</param>
    internal bool MoveNext(ref long leftOut)
    {
        while (true)
        {
            if (_next == _names.Count)
            {
                if (!_above.TryPop(out (Inode, DirectoryListing, int, int) above))
                {
                    return false;
                }

                (_directory, _names, _next, _parentLength) = above;
                continue;
            }

            ReadOnlySpan<byte> name = _names.Name(_next++);
            if (_parentLength + name.Length > MaximumPath)
            {
                leftOut++;
                continue;
            }

            name.CopyTo(_path.AsSpan(_parentLength));
            _length = _parentLength + name.Length;
            return true;
        }
    }

    /// <summary>The present entry is a directory: what is in it comes next.</summary>
    internal bool TryEnter(Inode directory, DirectoryListing names)
    {
        if (_length == MaximumPath)
        {
            return names.Count == 0;
        }

        _above.Push((_directory, _names, _next, _parentLength));
        _path[_length] = (byte)'/';
        (_directory, _names, _next, _parentLength) = (directory, names, 0, _length + 1);
        return true;
    }
}
