// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs.Namespaces;

/// <summary>Ids of a user namespace and what they are in the initial one (user_namespaces(7)).</summary>
public sealed class IdMap
{
    /// <summary>No id: (uid_t) -1.</summary>
    public const uint Invalid = uint.MaxValue;

    /// <summary>What ids that are not mapped look like.</summary>
    public const uint Overflow = 65534;

    /// <summary>Most lines of a map.</summary>
    public const int MaximumExtents = 340;

    /// <summary>Every id is itself.</summary>
    public static readonly IdMap Identity = new([new IdExtent(0, 0, uint.MaxValue)]);

    /// <summary>No id is mapped: before a map is written.</summary>
    public static readonly IdMap Empty = new([]);

    private readonly IdExtent[] _extents;

    /// <summary>A map of the given lines, which do not overlap.</summary>
    public IdMap(IdExtent[] extents) => _extents = extents;

    /// <summary>The lines, in the order in which they were written.</summary>
    public ReadOnlySpan<IdExtent> Extents => _extents;

    /// <summary>From inside to the initial namespace's id; <see cref="Invalid"/> when not mapped.</summary>
    public uint ToKernel(uint id)
    {
        foreach (ref readonly IdExtent extent in _extents.AsSpan())
        {
            if (id - extent.First < extent.Count)
            {
                return id - extent.First + extent.Kernel;
            }
        }

        return Invalid;
    }

    /// <summary>
    /// From the initial namespace's id to that inside; <see cref="Invalid"/> when not mapped.
    /// </summary>
    public uint FromKernel(uint id)
    {
        foreach (ref readonly IdExtent extent in _extents.AsSpan())
        {
            if (id - extent.Kernel < extent.Count)
            {
                return id - extent.Kernel + extent.First;
            }
        }

        return Invalid;
    }

    /// <summary>The same with <see cref="Overflow"/> for what is not mapped.</summary>
    public uint Show(uint id)
    {
        uint inside = FromKernel(id);
        return inside == Invalid ? Overflow : inside;
    }

    /// <summary>A range inside as one range of the initial namespace; false when it is not one.</summary>
    public bool TryMapRange(uint first, uint count, out uint kernel)
    {
        foreach (ref readonly IdExtent extent in _extents.AsSpan())
        {
            uint offset = first - extent.First;
            if (offset < extent.Count && count <= extent.Count - offset)
            {
                kernel = extent.Kernel + offset;
                return true;
            }
        }

        kernel = 0;
        return false;
    }
}
