// SPDX-License-Identifier: Apache-2.0
namespace Moat.Bench;

/// <summary>What kind of file system a row writes to.</summary>
internal enum Place
{
    /// <summary>A tmpfs.</summary>
    Scratch,

    /// <summary>A directory of the host's disk that is mounted for writing.</summary>
    Volume,

    /// <summary>The root file system: of a sandbox that keeps changes apart an overlay, else the host's
    /// disk.</summary>
    Root,
}
