// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Overlay;

/// <summary>Where an overlay inode is to be copied up to: replaced as a whole when it is renamed.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="Name">The name in it.</param>
internal sealed record OverlayPlace(OverlayInode Parent, byte[] Name);
