// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Resources;

/// <summary>struct rlimit (getrlimit(2)).</summary>
/// <param name="Soft">rlim_cur: what is enforced.</param>
/// <param name="Hard">rlim_max: how far it may be raised.</param>
public readonly record struct ResourceLimit(ulong Soft, ulong Hard)
{
    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>No limit.</summary>
    public static readonly ResourceLimit Unlimited = new(Infinity, Infinity);
}
