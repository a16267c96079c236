// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Events;

/// <summary>struct epoll_event, packed on x86-64 (epoll_ctl(2)).</summary>
/// <param name="Events">EPOLL* bits.</param>
/// <param name="Data">The guest's own word.</param>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly record struct EpollEvent(uint Events, ulong Data);
