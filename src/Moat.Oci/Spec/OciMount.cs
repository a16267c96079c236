// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Oci.Spec;

/// <summary>One more mount, in order.</summary>
public sealed record OciMount
{
    public string? Destination { get; init; }
    public string? Type { get; init; }
    public string? Source { get; init; }
    public IReadOnlyList<string>? Options { get; init; }
}
