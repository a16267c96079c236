// SPDX-License-Identifier: Apache-2.0
using System.Runtime.CompilerServices;
using Moat.Abi.Landlock;

namespace Moat.Vfs.Landlock;

/// <summary>What each layer of a domain still denies, on a walk from a place to the root.</summary>
[InlineArray(LandlockDomain.MaximumDepth)]
internal struct LandlockLayers
{
    private LandlockAccess _first;

    /// <summary>All that the layers deny of some rights, before any rule. Each denies reparenting.</summary>
    internal static LandlockLayers Deny(LandlockDomain domain, LandlockAccess wanted)
    {
        LandlockLayers layers = default;
        for (LandlockDomain? at = domain; at is not null; at = at.Below)
        {
            layers[at.Depth - 1] = (at.Handled | LandlockAccess.Refer) & wanted;
        }

        return layers;
    }

    /// <summary>Everything that any layer denies.</summary>
    internal readonly LandlockAccess Denied
    {
        get
        {
            LandlockAccess denied = 0;
            for (int i = 0; i < LandlockDomain.MaximumDepth; i++)
            {
                denied |= this[i];
            }

            return denied;
        }
    }

    /// <summary>Takes away what rules about a place allow.</summary>
    internal void Allow(LandlockDomain domain, Inode place)
    {
        for (LandlockDomain? at = domain; at is not null; at = at.Below)
        {
            this[at.Depth - 1] &= ~at.Rules.At(place);
        }
    }

    /// <summary>
    /// True when what is denied to a child at its old place is denied at its new one too: by moving it
    /// nothing is gained.
    /// </summary>
    /// <param name="child">What rules about the child itself leave denied.</param>
    /// <param name="next">What is denied at the new place.</param>
    /// <param name="isDirectory">Whether the child is a directory.</param>
    internal readonly bool IsWithin(in LandlockLayers child, in LandlockLayers next, bool isDirectory)
    {
        LandlockAccess mask = isDirectory ? LandlockAccess.All : LandlockAccess.OfFiles;
        for (int i = 0; i < LandlockDomain.MaximumDepth; i++)
        {
            if ((this[i] & child[i] & ~next[i] & mask) != 0)
            {
                return false;
            }
        }

        return true;
    }
}
