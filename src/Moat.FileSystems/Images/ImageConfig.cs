// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.FileSystems.Images;

/// <summary>What an image says of processes in it (the OCI image specification's config).</summary>
public sealed record ImageConfig
{
    public IReadOnlyList<string> Entrypoint { get; init; } = [];
    public IReadOnlyList<string> Command { get; init; } = [];
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>"" for none.</summary>
    public string WorkingDirectory { get; init; } = "";

    /// <summary>"name", "name:group", or numbers; "" for root.</summary>
    public string User { get; init; } = "";
}
