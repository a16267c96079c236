// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct seccomp_notif_addfd (seccomp_unotify(2)): a descriptor for the target.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SeccompAddFd
{
    /// <summary>SECCOMP_ADDFD_FLAG_SETFD: the number is given.</summary>
    public const uint SetNumber = 1;

    /// <summary>SECCOMP_ADDFD_FLAG_SEND: the number is also what the call returns.</summary>
    public const uint Send = 2;

    public ulong Id;
    public uint Flags;
    public uint SourceFd;
    public uint NewFd;
    public uint NewFdFlags;
}
