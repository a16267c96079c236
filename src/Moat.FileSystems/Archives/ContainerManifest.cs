// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>What a container image consists of.</summary>
/// <param name="Config">Where the config is.</param>
/// <param name="Layers">The layers, lowest first, as paths.</param>
internal sealed record ContainerManifest(ImageRegion Config, IReadOnlyList<string> Layers);
