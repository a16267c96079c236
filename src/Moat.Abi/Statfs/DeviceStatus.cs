// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Statfs;

/// <summary>struct ustat, 32 bytes (ustat(2)); its names are always empty.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
public struct DeviceStatus
{
    public int BlocksFree;
    public ulong FilesFree;
}
