// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_cqring_offsets: where things lie in the completion ring's mapping.</summary>
public struct CompletionOffsets
{
    public uint Head;
    public uint Tail;
    public uint Mask;
    public uint Entries;
    public uint Overflow;
    public uint Completions;
    public uint Flags;
    public uint Unused;
    public ulong UserAddress;
}
