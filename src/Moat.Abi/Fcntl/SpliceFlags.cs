// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>Flags of splice(2), tee(2), vmsplice(2).</summary>
[Flags]
public enum SpliceFlags : uint
{
    [LinuxName("SPLICE_F_MOVE")] Move = 1,
    [LinuxName("SPLICE_F_NONBLOCK")] NonBlock = 2,
    [LinuxName("SPLICE_F_MORE")] More = 4,
    [LinuxName("SPLICE_F_GIFT")] Gift = 8,
}
