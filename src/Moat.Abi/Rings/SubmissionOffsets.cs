// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_sqring_offsets: where things lie in the submission ring's mapping.</summary>
public struct SubmissionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Flags;
    public uint Dropped;
    public uint Array;
    public uint Unused;
    public ulong UserAddress;
}
