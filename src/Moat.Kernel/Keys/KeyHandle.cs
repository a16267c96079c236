// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs;

namespace Moat.Kernel.Keys;

/// <summary>A key as someone got hold of it.</summary>
/// <param name="Key">The key.</param>
/// <param name="IsPossessed">It is within the keyrings of who asks: possessors' rights count.</param>
public readonly record struct KeyHandle(Key Key, bool IsPossessed)
{
    /// <summary>
    /// The owner's, the group's or the others' rights count, the first that applies; and a possessor's.
    /// </summary>
    public bool Allows(Credentials who, KeyRight needed)
    {
        uint granted = who.FsUid == Key.Uid ? Key.Rights >> 16
            : (Key.Rights & Key.GroupRights) != 0 && Key.Gid != Key.NoGroup && who.InGroup(Key.Gid)
            ? Key.Rights >> 8 : Key.Rights;
        granted |= IsPossessed ? Key.Rights >> 24 : 0;
        return ((uint)needed & ~granted) == 0;
    }

    /// <summary>EACCES unless it allows that.</summary>
    internal Errno Check(Credentials who, KeyRight needed) =>
        Allows(who, needed) ? Errno.Success : Errno.EACCES;
}
