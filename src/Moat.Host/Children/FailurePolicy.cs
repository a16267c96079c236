// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host.Children;

/// <summary>What a child does when one of its steps fails.</summary>
public readonly record struct FailurePolicy
{
    /// <summary>End the child; the parent learns which step and why. This is the default.</summary>
    public static readonly FailurePolicy Stop;

    /// <summary>Go on.</summary>
    public static readonly FailurePolicy Ignore = new(-1);

    private FailurePolicy(long code) => Code = code;

    /// <summary>0 to stop, -1 to go on, else the one errno to go on with.</summary>
    internal long Code { get; }

    /// <summary>Go on after this error, stop at any other.</summary>
    public static FailurePolicy IgnoreOnly(Errno error) => new((long)error);
}
