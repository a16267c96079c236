// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Keys;

/// <summary>How much of the room for keys a user takes (/proc/key-users).</summary>
/// <remarks>Locks: the table's.</remarks>
public sealed class KeyUser(uint uid)
{
    public uint Uid { get; } = uid;

    public int Keys { get; internal set; }

    public int Bytes { get; internal set; }
}
