// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Identity;

/// <summary>What the program file says about who it runs as.</summary>
/// <param name="Uid">The file's owner.</param>
/// <param name="Gid">The file's group.</param>
/// <param name="Mode">Its permission bits.</param>
/// <param name="IgnoresSetId">True on a nosuid mount, for scripts, and for files not to be trusted.</param>
public readonly record struct ExecutableIdentity(uint Uid, uint Gid, uint Mode, bool IgnoresSetId)
{
    /// <summary>True when running it could change who one is.</summary>
    public bool SetsIds => !IgnoresSetId && (Mode & 0xc00) != 0;
}
