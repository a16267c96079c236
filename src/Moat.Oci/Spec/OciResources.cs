// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>Limits that become cgroup settings.</summary>
public sealed record OciResources
{
    public OciMemoryResources? Memory { get; init; }
    public OciCpuResources? Cpu { get; init; }
    public OciPidsResources? Pids { get; init; }
}
