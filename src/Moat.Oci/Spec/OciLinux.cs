// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Oci.Spec;

/// <summary>The Linux part of config.json.</summary>
public sealed record OciLinux
{
    public IReadOnlyList<OciNamespace>? Namespaces { get; init; }
    public IReadOnlyList<OciIdMapping>? UidMappings { get; init; }
    public IReadOnlyList<OciIdMapping>? GidMappings { get; init; }
    public string? CgroupsPath { get; init; }
    public OciResources? Resources { get; init; }
    public IReadOnlyList<string>? MaskedPaths { get; init; }
    public IReadOnlyList<string>? ReadonlyPaths { get; init; }
    public string? RootfsPropagation { get; init; }
    public IReadOnlyDictionary<string, string>? Sysctl { get; init; }
    public string? MountLabel { get; init; }
}
