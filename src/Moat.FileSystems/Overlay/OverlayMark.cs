// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.FileSystems.Overlay;

/// <summary>What the overlay's own attributes say of a file or directory of a layer.</summary>
[Flags]
internal enum OverlayMark
{
    None = 0,

    /// <summary>The directory hides those below it.</summary>
    Opaque = 1,

    /// <summary>Whiteouts that are regular files are among its entries.</summary>
    HasFileWhiteouts = 2,

    /// <summary>It stands for something elsewhere: another directory, another file's content.</summary>
    Elsewhere = 4,

    /// <summary>An empty regular file that hides a name of the layers below.</summary>
    Whiteout = 8,
}
