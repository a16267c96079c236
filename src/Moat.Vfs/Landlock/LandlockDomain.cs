// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Landlock;

namespace Moat.Vfs.Landlock;

/// <summary>
/// What a task has restricted itself to, part of its credentials: a layer of rules on top of those before.
/// Immutable. What it means is <see cref="LandlockChecks"/>.
/// </summary>
public sealed class LandlockDomain
{
    /// <summary>LANDLOCK_MAX_NUM_LAYERS.</summary>
    public const int MaximumDepth = 16;

    internal LandlockDomain(LandlockDomain? below, LandlockRules rules, LandlockAccess handled, int depth) =>
        (Below, Rules, Handled, Depth) = (below, rules, handled, depth);

    /// <summary>The layers before; null for none.</summary>
    internal LandlockDomain? Below { get; }

    internal LandlockRules Rules { get; }

    /// <summary>What the layer denies where no rule of it allows it.</summary>
    internal LandlockAccess Handled { get; }

    /// <summary>How many layers there are.</summary>
    public int Depth { get; }

    /// <summary>
    /// True when a task in the first domain may look into one in the second: there is nothing that only the
    /// first is denied (landlock(7), "Ptrace restrictions").
    /// </summary>
    public static bool MayInspect(LandlockDomain? mine, LandlockDomain? theirs)
    {
        while (mine is not null && theirs is not null && theirs.Depth > mine.Depth)
        {
            theirs = theirs.Below;
        }

        return mine is null || mine == theirs;
    }
}
