// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Capabilities;

/// <summary>Securebits (capabilities(7), include/uapi/linux/securebits.h).</summary>
[Flags]
[LinuxPrefix("SECBIT_")]
public enum SecureBits : uint
{
    [LinuxName("")] None = 0,
    NoRoot = 1 << 0,
    [LinuxName("SECBIT_NOROOT_LOCKED")] NoRootLocked = 1 << 1,
    [LinuxName("SECBIT_NO_SETUID_FIXUP")] NoSetuidFixup = 1 << 2,
    [LinuxName("SECBIT_NO_SETUID_FIXUP_LOCKED")] NoSetuidFixupLocked = 1 << 3,
    [LinuxName("SECBIT_KEEP_CAPS")] KeepCapabilities = 1 << 4,
    [LinuxName("SECBIT_KEEP_CAPS_LOCKED")] KeepCapabilitiesLocked = 1 << 5,
    [LinuxName("SECBIT_NO_CAP_AMBIENT_RAISE")] NoAmbientRaise = 1 << 6,
    [LinuxName("SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED")] NoAmbientRaiseLocked = 1 << 7,
    [LinuxName("SECBIT_EXEC_RESTRICT_FILE")] ExecRestrictFile = 1 << 8,
    [LinuxName("SECBIT_EXEC_RESTRICT_FILE_LOCKED")] ExecRestrictFileLocked = 1 << 9,
    [LinuxName("SECBIT_EXEC_DENY_INTERACTIVE")] ExecDenyInteractive = 1 << 10,
    [LinuxName("SECBIT_EXEC_DENY_INTERACTIVE_LOCKED")] ExecDenyInteractiveLocked = 1 << 11,

    /// <summary>SECURE_ALL_BITS of the release that uname names (6.12).</summary>
    [LinuxName("")] AllBits = NoRoot | NoSetuidFixup | KeepCapabilities | NoAmbientRaise,

    /// <summary>SECURE_ALL_LOCKS.</summary>
    [LinuxName("")] AllLocks = NoRootLocked | NoSetuidFixupLocked | KeepCapabilitiesLocked
        | NoAmbientRaiseLocked,
}
