// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_uring_cqe.</summary>
/// <param name="UserData">The request's own word.</param>
/// <param name="Result">What the call would return.</param>
/// <param name="Flags">IORING_CQE_F_*.</param>
public readonly record struct CompletionEntry(ulong UserData, int Result, uint Flags);
