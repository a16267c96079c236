// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>Who SIGIO of a file is for (F_SETOWN_EX).</summary>
/// <param name="Kind">What the id is of.</param>
/// <param name="Id">The kernel's number for it; 0 for nobody.</param>
/// <param name="Uid">The real user of who said so, whose rights count.</param>
/// <param name="EffectiveUid">Its effective user.</param>
public readonly record struct FileOwner(FileOwnerKind Kind, int Id, uint Uid, uint EffectiveUid);
