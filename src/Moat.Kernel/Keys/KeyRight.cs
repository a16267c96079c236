// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Keys;

/// <summary>What someone may do with a key (keyrings(7), "Access rights").</summary>
[Flags]
public enum KeyRight
{
    /// <summary>Nothing is asked; what state the key is in does not matter either.</summary>
    None = 0,
    View = 1,
    Read = 2,
    Write = 4,
    Search = 8,
    Link = 0x10,
    SetAttributes = 0x20,
}
