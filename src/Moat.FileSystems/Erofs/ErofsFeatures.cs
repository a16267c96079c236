// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.FileSystems.Erofs;

/// <summary>What an image may need of who reads it (feature_incompat of the superblock).</summary>
/// <remarks>Three bits have two meanings each; other fields of the superblock tell which.</remarks>
[Flags]
internal enum ErofsFeatures : uint
{
    None = 0,

    /// <summary>Compressed data stands at the end of its blocks, after zeros.</summary>
    ZeroPadding = 0x1,

    /// <summary>Settings of compressors follow the superblock; clusters of several blocks.</summary>
    CompressorSettings = 0x2,
    ChunkedFiles = 0x4,

    /// <summary>Other devices, or a second compressor for one file.</summary>
    DeviceTable = 0x8,
    InlineClusters = 0x10,

    /// <summary>Fragments, or extents that several files share.</summary>
    Fragments = 0x20,
    AttributePrefixes = 0x40,
    WideAddresses = 0x80,
    MetadataBox = 0x100,
}
