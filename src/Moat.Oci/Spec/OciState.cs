// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Oci.Spec;

/// <summary>The state of a container (OCI runtime specification, runtime.md), as `state` prints it.</summary>
public sealed record OciState
{
    public string OciVersion { get; init; } = OciJson.Version;
    public string Id { get; init; } = "";

    /// <summary>creating, created, running or stopped.</summary>
    public string Status { get; init; } = "";

    public int Pid { get; init; }
    public string Bundle { get; init; } = "";
    public string Rootfs { get; init; } = "";
    public string Created { get; init; } = "";
    public string Owner { get; init; } = "";
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
