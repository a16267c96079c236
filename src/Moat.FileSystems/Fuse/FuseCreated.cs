// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>A file that CREATE has made and opened in one, until its maker opens it.</summary>
/// <param name="Maker">Who has made it.</param>
/// <param name="Handle">What the daemon calls it.</param>
internal sealed record FuseCreated(Caller Maker, FuseHandle Handle);
