// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Images;

/// <summary>A part of an image's bytes: a layer inside an archive, or all of it.</summary>
/// <param name="Source">The bytes.</param>
/// <param name="Start">Where the part begins.</param>
/// <param name="Length">Its size; it lies in the source.</param>
public readonly record struct ImageRegion(ImageSource Source, long Start, long Length)
{
    /// <summary>All bytes of a source.</summary>
    public static ImageRegion All(ImageSource source) => new(source, 0, source.Length);
}
