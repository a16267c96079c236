// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Moat.Oci.Spec;

/// <summary>JSON of the specification's documents, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(OciSpec))]
[JsonSerializable(typeof(OciProcess))]
[JsonSerializable(typeof(OciState))]
[JsonSerializable(typeof(IReadOnlyList<OciState>))]
public sealed partial class OciJson : JsonSerializerContext
{
    /// <summary>The version of the specification that Moat writes.</summary>
    public const string Version = "1.2.0";
}
