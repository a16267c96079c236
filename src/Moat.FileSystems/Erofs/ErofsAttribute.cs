// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Erofs;

/// <summary>One extended attribute: where its parts stand in the image.</summary>
internal readonly record struct ErofsAttribute(
    byte NameIndex, int NameLength, long NameStart, int ValueSize, long ValueStart);
