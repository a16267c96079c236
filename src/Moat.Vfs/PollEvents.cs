// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs;

/// <summary>Readiness of a file, with the bit values of poll(2) and epoll(7).</summary>
[Flags]
public enum PollEvents : uint
{
    None = 0,
    In = 0x1,
    Priority = 0x2,
    Out = 0x4,
    Error = 0x8,
    HangUp = 0x10,
    Invalid = 0x20,
    ReadNormal = 0x40,
    ReadBand = 0x80,
    WriteNormal = 0x100,
    WriteBand = 0x200,
    Message = 0x400,
    ReadHangUp = 0x2000,

    /// <summary>Anything that can end a blocked read.</summary>
    Readable = In | ReadNormal | ReadHangUp | Error | HangUp,

    /// <summary>Anything that can end a blocked write.</summary>
    Writable = Out | WriteNormal | Error | HangUp,
    All = 0xffff,
}
