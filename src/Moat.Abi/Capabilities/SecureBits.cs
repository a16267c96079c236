// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Capabilities;

/// <summary>Securebits (capabilities(7), include/uapi/linux/securebits.h).</summary>
[Flags]
public enum SecureBits : uint
{
    None = 0,
    NoRoot = 1 << 0,
    NoRootLocked = 1 << 1,
    NoSetuidFixup = 1 << 2,
    NoSetuidFixupLocked = 1 << 3,
    KeepCapabilities = 1 << 4,
    KeepCapabilitiesLocked = 1 << 5,
    NoAmbientRaise = 1 << 6,
    NoAmbientRaiseLocked = 1 << 7,
    ExecRestrictFile = 1 << 8,
    ExecRestrictFileLocked = 1 << 9,
    ExecDenyInteractive = 1 << 10,
    ExecDenyInteractiveLocked = 1 << 11,

    /// <summary>SECURE_ALL_BITS of the release that uname names (6.12).</summary>
    AllBits = NoRoot | NoSetuidFixup | KeepCapabilities | NoAmbientRaise,

    /// <summary>SECURE_ALL_LOCKS.</summary>
    AllLocks = NoRootLocked | NoSetuidFixupLocked | KeepCapabilitiesLocked | NoAmbientRaiseLocked,
}
