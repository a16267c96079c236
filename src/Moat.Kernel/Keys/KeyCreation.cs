// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Keys;

/// <summary>What a new key is beside name, owner and rights.</summary>
internal ref struct KeyCreation
{
    /// <summary>Its content; none for keyrings and negative keys.</summary>
    internal ReadOnlySpan<byte> Payload { get; set; }

    /// <summary>It is made though its user's quota is used up: what a task must have.</summary>
    internal bool ExceedsQuota { get; set; }

    internal bool IsUserRing { get; set; }

    /// <summary>The user namespace of its maker.</summary>
    internal uint Space { get; set; }
}
