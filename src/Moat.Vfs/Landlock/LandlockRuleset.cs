// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Landlock;
using Moat.Base;

namespace Moat.Vfs.Landlock;

/// <summary>The file of landlock_create_ruleset(2): rules that a task can make its own.</summary>
/// <remarks>Locks: one leaf lock guards the rules.</remarks>
public sealed class LandlockRuleset : OpenFile
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly LandlockRules _rules;
    private readonly CollectedBudget _limits;
    private readonly InodeAttributes _attributes;

    /// <summary>A ruleset without rules.</summary>
    public LandlockRuleset(Caller caller, CollectedBudget limits, LandlockAccess handled)
        : base(OpenFlags.ReadWrite)
    {
        Handled = handled;
        _limits = limits;
        _rules = new(limits);
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    /// <summary>What is denied where no rule allows it.</summary>
    public LandlockAccess Handled { get; }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[landlock-ruleset]";

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>LANDLOCK_RULE_PATH_BENEATH.</summary>
    /// <returns>
    /// EINVAL for rights that the ruleset does not handle or that the place cannot have; ENOMEM.
    /// </returns>
    public Errno Allow(Location place, LandlockAccess allowed)
    {
        if ((allowed & ~Handled) != 0
            || (!place.Inode.IsDirectory && (allowed & ~LandlockAccess.OfFiles) != 0))
        {
            return Errno.EINVAL;
        }

        _limits.MakeRoom(1);
        using RankedLock.Scope scope = _lock.Enter();
        return _rules.TryAllow(place.Dentry, allowed) ? Errno.Success : Errno.ENOMEM;
    }

    /// <summary>The caller's credentials with one more layer: these rules as they are now.</summary>
    /// <returns>E2BIG with as many layers as there may be; ENOMEM.</returns>
    public Result<Credentials> Restrict(Credentials who)
    {
        int depth = (who.Landlock?.Depth ?? 0) + 1;
        if (depth > LandlockDomain.MaximumDepth)
        {
            return Errno.E2BIG;
        }

        _limits.MakeRoom(_rules.Count);
        using RankedLock.Scope scope = _lock.Enter();
        return _rules.TryCopy() is { } rules
            ? who with { Landlock = new LandlockDomain(who.Landlock, rules, Handled, depth) } : Errno.ENOMEM;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }
}
