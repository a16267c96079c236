// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.FileSystems.Archives;

/// <summary>One entry of a tar, with what extended headers before it say; used again for the next.</summary>
internal sealed class TarEntry
{
    /// <summary>Of a name, and of what a link says.</summary>
    internal const int LongestName = 4095;

    /// <summary>Of all extended attributes of a file.</summary>
    internal const int MostAttributeBytes = 65536;

    /// <summary>The path as it stands there.</summary>
    internal byte[] Name { get; set; } = [];

    /// <summary>What a link says.</summary>
    internal byte[] Target { get; set; } = [];

    /// <summary>The type flag.</summary>
    internal byte Kind { get; set; }

    internal uint Mode { get; set; }

    internal uint Uid { get; set; }

    internal uint Gid { get; set; }

    internal long Size { get; set; }

    internal long Seconds { get; set; }

    internal uint Nanoseconds { get; set; }

    internal uint Major { get; set; }

    internal uint Minor { get; set; }

    /// <summary>Where the content begins in the source.</summary>
    internal long Start { get; set; }

    /// <summary>Names and values of extended attributes in turn.</summary>
    internal List<byte[]> Attributes { get; } = [];
}
