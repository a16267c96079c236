// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Keys;

/// <summary>The settings of /proc/sys/kernel/keys, and what a sandbox has at most.</summary>
/// <remarks>Locks: none; each number is read and written whole.</remarks>
public sealed class KeyLimits
{
    /// <summary>Keys of all users together: a bound of ours that comes before root's.</summary>
    internal const int AllKeys = 32768;

    /// <summary>Links of all users together: each costs far more than the bytes it is charged.</summary>
    internal const int AllLinks = 131072;

    /// <summary>Bytes of all users together.</summary>
    internal const int AllBytes = 8 << 20;

    public int MaximumKeys { get; set; } = 200;

    public int MaximumBytes { get; set; } = 20000;

    public int RootMaximumKeys { get; set; } = 1_000_000;

    public int RootMaximumBytes { get; set; } = 25_000_000;

    /// <summary>Seconds after which links to expired and revoked keys are cleared away.</summary>
    public int CollectionDelay { get; set; } = 300;

    /// <summary>How many keys a user may have.</summary>
    public int KeysOf(uint uid) => uid == 0 ? RootMaximumKeys : MaximumKeys;

    /// <summary>How many bytes a user's keys may have.</summary>
    public int BytesOf(uint uid) => uid == 0 ? RootMaximumBytes : MaximumBytes;
}
