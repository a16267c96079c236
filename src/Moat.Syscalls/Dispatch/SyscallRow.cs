// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls.Dispatch;

/// <summary>One row of the system call table in the documents.</summary>
/// <param name="Number">The x86-64 number.</param>
/// <param name="Name">The name as Linux writes it.</param>
/// <param name="Implemented">Whether a handler exists; the others answer ENOSYS.</param>
/// <param name="Parameters">The handler's parameters, or empty.</param>
/// <param name="Summary">The first sentence of the handler's documentation, or empty.</param>
public sealed record SyscallRow(uint Number, string Name, bool Implemented, string Parameters,
    string Summary);
