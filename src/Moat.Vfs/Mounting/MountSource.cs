// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Vfs.Mounting;

/// <summary>
/// The first column of /proc/mounts, shared by all copies of a mount: any text a guest likes, so that all of
/// them together are bounded.
/// </summary>
public sealed class MountSource
{
    /// <summary>Characters.</summary>
    private static readonly CollectedBudget s_budget = new(16 << 20);

    /// <summary>No text, of a mount that nobody sees.</summary>
    public static readonly MountSource Empty = new("");

    private readonly bool _isCounted;

    /// <summary>One that the sandbox itself makes.</summary>
    internal MountSource(string text) => Text = text;

    private MountSource(string text, bool isCounted)
    {
        Text = text;
        _isCounted = isCounted;
    }

    /// <summary>Counts it out: mounts keep it alive, nobody else knows of its end.</summary>
    ~MountSource()
    {
        if (_isCounted)
        {
            s_budget.Give(Text.Length);
        }
    }

    internal string Text { get; }

    /// <summary>One that a guest names; null when there are too many.</summary>
    public static MountSource? TryCreate(string text)
    {
        s_budget.MakeRoom(text.Length);
        return s_budget.TryTake(text.Length) ? new MountSource(text, true) : null;
    }
}
