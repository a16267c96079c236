// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>Limit on tasks; -1 for none.</summary>
public sealed record OciPidsResources
{
    public long? Limit { get; init; }
}
