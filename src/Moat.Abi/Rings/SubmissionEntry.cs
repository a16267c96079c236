// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_uring_sqe: a request, whose fields mean what its operation says.</summary>
public struct SubmissionEntry
{
    public RingOperation Operation;
    public RingEntryFlags Flags;
    public ushort Priority;
    public int Fd;

    /// <summary>off, addr2.</summary>
    public ulong Offset;

    /// <summary>addr, splice_off_in.</summary>
    public ulong Address;
    public uint Length;

    /// <summary>rw_flags and all its other names.</summary>
    public uint OperationFlags;
    public ulong UserData;

    /// <summary>buf_index, buf_group.</summary>
    public ushort Buffer;
    public ushort Personality;

    /// <summary>splice_fd_in, file_index.</summary>
    public int FileIndex;
    public ulong Address3;
    public ulong Padding;
}
