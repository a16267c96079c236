// SPDX-License-Identifier: Apache-2.0
namespace Moat.Oci.Spec;

/// <summary>Size of the terminal in characters.</summary>
public sealed record OciConsoleSize
{
    public uint Height { get; init; }
    public uint Width { get; init; }
}
