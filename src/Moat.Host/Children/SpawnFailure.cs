// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host.Children;

/// <summary>Why a child did not reach its program.</summary>
/// <param name="Step">What it was doing.</param>
/// <param name="Error">What the host answered.</param>
public sealed record SpawnFailure(string Step, Errno Error)
{
    /// <summary>For a one-line message.</summary>
    public override string ToString() => $"{Step}: {Error}";
}
