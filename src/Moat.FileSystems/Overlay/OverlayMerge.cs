// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.FileSystems.Overlay;

/// <summary>The last merged listing of a directory, and the two listings that it was made of.</summary>
internal sealed record OverlayMerge(DirectoryListing Top, DirectoryListing Below, DirectoryListing Merged);
