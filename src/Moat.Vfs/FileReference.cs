// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>
/// A file taken from a descriptor table for the time of a call: it stays alive though another thread closes
/// it.
/// </summary>
/// <remarks>Use with <c>using</c>: disposing gives the reference back.</remarks>
public readonly ref struct FileReference
{
    internal FileReference(OpenFile? file) => File = file;

    /// <summary>The file, or null when the descriptor is not open (EBADF).</summary>
    public OpenFile? File { get; }

    /// <summary>Gives the reference back.</summary>
    public void Dispose() => File?.Release();
}
