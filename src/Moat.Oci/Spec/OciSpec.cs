// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Oci.Spec;

/// <summary>config.json of a bundle (OCI runtime specification, config.md).</summary>
public sealed record OciSpec
{
    public string? OciVersion { get; init; }
    public OciProcess? Process { get; init; }
    public OciRoot? Root { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public IReadOnlyList<OciMount>? Mounts { get; init; }
    public OciHooks? Hooks { get; init; }
    public OciLinux? Linux { get; init; }
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
