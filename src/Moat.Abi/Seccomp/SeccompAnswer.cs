// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct seccomp_notif_resp (seccomp_unotify(2)): what a supervisor answers.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SeccompAnswer
{
    /// <summary>SECCOMP_USER_NOTIF_FLAG_CONTINUE: the call is made after all.</summary>
    public const uint Continue = 1;

    public ulong Id;
    public long Value;
    public int Error;
    public uint Flags;
}
