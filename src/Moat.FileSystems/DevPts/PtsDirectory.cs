// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.DevPts;

/// <summary>The root of devpts: ptmx, and a node per open pseudo-terminal.</summary>
/// <remarks>Locks: none; numbers are taken and given back atomically.</remarks>
internal sealed class PtsDirectory : DynamicDirectory
{
    private const int MaximumTerminals = 4096;

    private readonly LinuxKernel _kernel;
    private readonly ConcurrentDictionary<int, PtsNode> _nodes = new();

    internal PtsDirectory(FileSystem fileSystem, LinuxKernel kernel)
        : base(fileSystem, 0x1ed)
    {
        _kernel = kernel;
        Add("ptmx", new PtmxNode(fileSystem, this));
    }

    /// <summary>Makes a pair under the lowest free number and opens its master; ENOSPC.</summary>
    internal Result<OpenFile> OpenNew(Caller caller, Location location, OpenFlags flags)
    {
        for (int number = 0; number < MaximumTerminals; number++)
        {
            if (_nodes.ContainsKey(number))
            {
                continue;
            }

            var node = new PtsNode(FileSystem, _kernel, number, caller.Credentials);
            if (_nodes.TryAdd(number, node))
            {
                return new PtyMasterFile(node.Terminal, this, location, flags);
            }
        }

        return Errno.ENOSPC;
    }

    /// <summary>The master was closed.</summary>
    internal void Remove(int number) => _nodes.TryRemove(number, out _);

    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        bool isNumber = int.TryParse(name, System.Globalization.NumberStyles.None, null, out int number)
            && (name[0] != (byte)'0' || name.Length == 1);
        return isNumber && _nodes.TryGetValue(number, out PtsNode? node) ? node : Errno.ENOENT;
    }

    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        Span<byte> name = stackalloc byte[12];
        foreach ((int number, PtsNode node) in _nodes)
        {
            number.TryFormat(name, out int length);
            listing.Add(name[..length], node.Number, FileType.CharacterDevice);
        }

        return Errno.Success;
    }
}
