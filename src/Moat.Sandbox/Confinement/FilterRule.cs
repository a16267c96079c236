// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Host.Seccomp;

namespace Moat.Sandbox.Confinement;

/// <summary>One host call that the confined kernel process may make.</summary>
/// <param name="Number">The call.</param>
/// <param name="Why">What for, for docs/host-calls.md.</param>
internal sealed record FilterRule(SyscallNumber Number, string Why)
{
    /// <summary>Where it may come from.</summary>
    internal FilterOrigin Origin { get; init; }

    /// <summary>The argument that is checked, or -1.</summary>
    internal int Argument { get; init; } = -1;

    /// <summary>Bits of the argument that must be clear.</summary>
    internal uint NoBits { get; init; }

    /// <summary>Values of which the argument must be one; empty when any will do.</summary>
    internal uint[] OneOf { get; init; } = [];

    /// <summary>The one value that the argument must not be, or null.</summary>
    internal uint? Not { get; init; }

    /// <summary>The error that answers it; null when it is allowed.</summary>
    internal Errno? Answer { get; init; }

    /// <summary>The action when everything matches.</summary>
    internal SeccompAction Action => Answer is Errno error ? SeccompAction.Fail(error) : SeccompAction.Allow;
}
