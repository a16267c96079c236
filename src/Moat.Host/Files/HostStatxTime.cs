// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Host.Files;

/// <summary>struct statx_timestamp.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct HostStatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Padding;
}
