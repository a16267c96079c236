// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>struct open_how of openat2(2).</summary>
/// <param name="Flags">O_* flags.</param>
/// <param name="Mode">Permissions of a new file.</param>
/// <param name="Resolve">RESOLVE_* flags.</param>
public readonly record struct OpenHow(ulong Flags, ulong Mode, ulong Resolve);
