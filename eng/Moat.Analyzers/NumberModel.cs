// SPDX-License-Identifier: Apache-2.0
namespace Moat.Analyzers;

/// <summary>A system call's name and number, from Moat.Abi.SyscallNumber.</summary>
internal sealed record NumberModel(string Name, uint Number);
