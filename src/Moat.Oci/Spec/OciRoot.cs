// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Moat.Oci.Spec;

/// <summary>The root file system.</summary>
public sealed record OciRoot
{
    public string? Path { get; init; }

    [JsonPropertyName("readonly")]
    public bool IsReadOnly { get; init; }
}
