// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>One resource limit of the process.</summary>
public sealed record OciRlimit
{
    public string? Type { get; init; }
    public ulong Soft { get; init; }
    public ulong Hard { get; init; }
}
