// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs.Quotas;

/// <summary>Which figures are to be set (QIF_*).</summary>
[Flags]
public enum QuotaChange : uint
{
    None = 0,
    SpaceLimits = 1,
    Space = 2,
    InodeLimits = 4,
    Inodes = 8,
    SpaceTime = 16,
    InodesTime = 32,
    All = 63,
}
