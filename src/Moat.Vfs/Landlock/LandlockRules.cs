// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi.Landlock;
using Moat.Base;

namespace Moat.Vfs.Landlock;

/// <summary>What is allowed where: rights by inode. A ruleset's grow, a domain's never change.</summary>
/// <remarks>
/// Locks: the ruleset's. Invariants: each holds its dentry, so that walks meet the same inode as long as the
/// file has that name; it counts against its budget until the collector takes it.
/// </remarks>
internal sealed class LandlockRules
{
    private readonly Dictionary<Inode, (Dentry Place, LandlockAccess Allowed)> _rules;
    private readonly CollectedBudget _limits;
    private int _charged;

    internal LandlockRules(CollectedBudget limits) => (_limits, _rules) = (limits, []);

    private LandlockRules(LandlockRules from)
    {
        _limits = from._limits;
        _rules = new(from._rules);
        _charged = from._rules.Count;
    }

    ~LandlockRules() => _limits.Give(Volatile.Read(ref _charged));

    internal int Count => _rules.Count;

    /// <summary>A copy that stays as it is; null when there is no room.</summary>
    internal LandlockRules? TryCopy() => _limits.TryTake(_rules.Count) ? new(this) : null;

    /// <summary>Allows more at a place; false when there is no room.</summary>
    internal bool TryAllow(Dentry place, LandlockAccess allowed)
    {
        if (_rules.TryGetValue(place.Inode, out (Dentry Place, LandlockAccess Allowed) rule))
        {
            _rules[place.Inode] = (rule.Place, rule.Allowed | allowed);
            return true;
        }

        if (!_limits.TryTake(1))
        {
            return false;
        }

        _charged++;
        _rules.Add(place.Inode, (place, allowed));
        return true;
    }

    /// <summary>What is allowed at a place by a rule about it.</summary>
    internal LandlockAccess At(Inode inode) =>
        _rules.TryGetValue(inode, out (Dentry Place, LandlockAccess Allowed) rule) ? rule.Allowed : 0;
}
