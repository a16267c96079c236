// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Keys;

/// <summary>
/// A task's keyrings: those of its thread, its process and its session, each held; immutable, replaced as a
/// whole.
/// </summary>
/// <param name="Thread">Its own (thread-keyring(7)).</param>
/// <param name="Process">Its process's, as far as it knows: threads that were there before have none.</param>
/// <param name="Session">Inherited over fork and exec (session-keyring(7)).</param>
/// <param name="Default">Where requested keys go: KEY_REQKEY_DEFL_*.</param>
public sealed record KeyringSet(Key? Thread, Key? Process, Key? Session, int Default)
{
    /// <summary>A task that has never had to do with keys.</summary>
    public static readonly KeyringSet None = new(null, null, null, 0);
}
