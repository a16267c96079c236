// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Utsname;

/// <summary>struct new_utsname (uname(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct UtsName
{
    public UtsField SystemName;
    public UtsField NodeName;
    public UtsField Release;
    public UtsField Version;
    public UtsField Machine;
    public UtsField DomainName;
}
