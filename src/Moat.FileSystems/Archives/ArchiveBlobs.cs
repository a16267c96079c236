// SPDX-License-Identifier: Apache-2.0
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>The files of a container image in an archive.</summary>
internal sealed class ArchiveBlobs(ArchiveTree archive) : IBlobs
{
    public ImageRegion? Find(string path) => archive.Find(path)?.Region;
}
