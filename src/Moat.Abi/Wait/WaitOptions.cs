// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Wait;

/// <summary>W* options of wait4(2) and waitid(2).</summary>
[Flags]
[LinuxPrefix("")]
public enum WaitOptions : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("WNOHANG")] NoHang = 1,

    /// <summary>WUNTRACED of wait4 and WSTOPPED of waitid.</summary>
    [LinuxName("WSTOPPED")] Stopped = 2,
    [LinuxName("WEXITED")] Exited = 4,
    [LinuxName("WCONTINUED")] Continued = 8,
    [LinuxName("WNOWAIT")] NoWait = 0x1000000,
    [LinuxName("__WNOTHREAD")] NoThread = 0x20000000,
    [LinuxName("__WALL")] All = 0x40000000,
    [LinuxName("__WCLONE")] Clone = 0x80000000,
}
