// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>A namespace to create, or to join when it has a path.</summary>
public sealed record OciNamespace
{
    public string? Type { get; init; }
    public string? Path { get; init; }
}
