// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Shared;

/// <summary>Flags of memfd_create(2) (include/uapi/linux/memfd.h).</summary>
[Flags]
public enum MemfdFlags : uint
{
    None = 0,
    CloseOnExec = 1,
    AllowSealing = 2,
    NoExecSeal = 8,
    Exec = 16,
}
