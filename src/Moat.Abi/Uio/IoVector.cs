// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Uio;

/// <summary>struct iovec: a piece of guest memory (readv(2)).</summary>
/// <param name="Base">Guest address.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct IoVector(ulong Base, ulong Length);
