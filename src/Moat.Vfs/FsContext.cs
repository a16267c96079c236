// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;

namespace Moat.Vfs;

/// <summary>A task's root, working directory and umask (struct fs_struct); shared by CLONE_FS.</summary>
/// <remarks>Locks: none; each property is read and replaced as a whole.</remarks>
public sealed class FsContext
{
    private Place _root = new(default);
    private Place _workingDirectory = new(default);
    private uint _umask = 0x12;

    public Location Root
    {
        get => Volatile.Read(ref _root).Location;
        set => Volatile.Write(ref _root, new Place(value));
    }

    public Location WorkingDirectory
    {
        get => Volatile.Read(ref _workingDirectory).Location;
        set => Volatile.Write(ref _workingDirectory, new Place(value));
    }

    /// <summary>Permission bits that new files lose.</summary>
    public uint Umask
    {
        get => Volatile.Read(ref _umask);
        set => Volatile.Write(ref _umask, value & 0x1ff);
    }

    /// <summary>The mount namespace (that of the root).</summary>
    public MountNamespace? Namespace => Root.Mount?.Namespace;

    /// <summary>Moves root and working directory to the copies of their mounts.</summary>
    public void MoveTo(Dictionary<Mount, Mount> copies)
    {
        Root = Moved(Root);
        WorkingDirectory = Moved(WorkingDirectory);

        Location Moved(Location at) => at.IsValid && copies.TryGetValue(at.Mount, out Mount? copy)
            ? at with { Mount = copy } : at;
    }

    /// <summary>pivot_root(2): what was at the old root is at the new one.</summary>
    public void Follow(Location from, Location to)
    {
        if (Root == from)
        {
            Root = to;
        }

        if (WorkingDirectory == from)
        {
            WorkingDirectory = to;
        }
    }

    /// <summary>umask(2): sets the mask and returns the old one.</summary>
    public uint ExchangeUmask(uint mask) => Interlocked.Exchange(ref _umask, mask & 0x1ff);

    /// <summary>A copy for a process that does not share it.</summary>
    public FsContext Clone() => new() { Root = Root, WorkingDirectory = WorkingDirectory, Umask = Umask };

    /// <summary>A location behind one reference, so that reading it cannot tear.</summary>
    private sealed class Place(Location location)
    {
        public readonly Location Location = location;
    }
}
