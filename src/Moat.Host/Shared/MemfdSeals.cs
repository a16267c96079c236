// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Shared;

/// <summary>Seals of a memfd (include/uapi/linux/fcntl.h).</summary>
[Flags]
public enum MemfdSeals : uint
{
    None = 0,
    Seal = 1,
    Shrink = 2,
    Grow = 4,
    Write = 8,
    FutureWrite = 16,
}
