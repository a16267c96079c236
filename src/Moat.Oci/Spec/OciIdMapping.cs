// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Moat.Oci.Spec;

/// <summary>One extent of an id map.</summary>
public sealed record OciIdMapping
{
    [JsonPropertyName("containerID")]
    public uint ContainerId { get; init; }

    [JsonPropertyName("hostID")]
    public uint HostId { get; init; }

    public uint Size { get; init; }
}
