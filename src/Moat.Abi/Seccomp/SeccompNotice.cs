// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct seccomp_notif (seccomp_unotify(2)): what a supervisor receives.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SeccompNotice
{
    public ulong Id;
    public uint Pid;
    public uint Flags;
    public SeccompData Data;
}
