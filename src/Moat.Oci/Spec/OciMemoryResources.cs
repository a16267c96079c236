// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>Memory limits in bytes; -1 for none.</summary>
public sealed record OciMemoryResources
{
    public long? Limit { get; init; }
    public long? Reservation { get; init; }
    public long? Swap { get; init; }
}
