// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Mounting;

/// <summary>
/// Held by a mount that is in no namespace any more but still covers a dentry: walks ask that one whether
/// anything is mounted there, and nobody but the garbage collector knows when the last way to it is gone.
/// </summary>
internal sealed class LastingCover(Dentry place)
{
    /// <summary>Dentry and mount were counted when the mount was attached.</summary>
    ~LastingCover()
    {
        place.CountMount(-1);
        MountTotals.GiveKept();
    }
}
