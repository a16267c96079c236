// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Images;

/// <summary>What came of opening an image.</summary>
/// <param name="FileSystem">The image's files; null when there is a problem, or no image.</param>
/// <param name="Config">What it says of processes, if it says anything.</param>
/// <param name="Problem">What is wrong, in words that follow the image's name; null when nothing is.</param>
public readonly record struct ImageOpening(
    ImageFileSystem? FileSystem, ImageConfig? Config = null, string? Problem = null)
{
    /// <summary>It is no image, but an ordinary directory.</summary>
    public static ImageOpening None => default;

    /// <summary>It cannot be used.</summary>
    public static ImageOpening Failed(string problem) => new(null, null, problem);
}
