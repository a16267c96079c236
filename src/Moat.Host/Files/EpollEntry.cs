// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Host.Files;

/// <summary>struct epoll_event of x86-64, which is packed.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct EpollEntry
{
    /// <summary>EPOLL* bits.</summary>
    public uint Events;

    /// <summary>The caller's own word.</summary>
    public ulong Data;
}
