// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>int[2]: what pipe2(2) and socketpair(2) fill.</summary>
/// <param name="First">The read end, the first socket.</param>
/// <param name="Second">The write end, the second socket.</param>
public readonly record struct FdPair(int First, int Second);
