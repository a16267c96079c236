// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Uio;

namespace Moat.Abi.Aio;

/// <summary>struct iocb (linux/aio_abi.h).</summary>
public struct AioRequest
{
    /// <summary>The guest's own word, given back with the event.</summary>
    public ulong Data;

    /// <summary>Set to 0 by io_submit(2); io_cancel(2) looks at it.</summary>
    public uint Key;
    public ReadWriteFlags TransferFlags;
    public AioCommand Command;
    public short Priority;
    public int Fd;
    public ulong Buffer;
    public ulong Length;
    public long Offset;
    public ulong Reserved;
    public AioFlags Flags;
    public int EventFd;
}
