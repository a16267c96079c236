// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Shared;

/// <summary>PROT_* of mmap(2).</summary>
[Flags]
public enum HostProtection : uint
{
    None = 0,
    Read = 1,
    Write = 2,
    ReadWrite = 3,
    Execute = 4,
    ReadExecute = 5,
}
