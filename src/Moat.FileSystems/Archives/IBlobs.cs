// SPDX-License-Identifier: Apache-2.0
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>The files that a container image consists of: in a directory or in an archive.</summary>
internal interface IBlobs
{
    /// <summary>A regular file by its path; null when there is none.</summary>
    ImageRegion? Find(string path);
}
