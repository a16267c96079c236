// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>CPU shares and bandwidth (microseconds).</summary>
public sealed record OciCpuResources
{
    public ulong? Shares { get; init; }
    public long? Quota { get; init; }
    public ulong? Period { get; init; }
    public string? Cpus { get; init; }
    public string? Mems { get; init; }
}
