// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Fcntl;

/// <summary>struct file_handle (open_by_handle_at(2)); what only the kernel reads follows it.</summary>
/// <param name="Bytes">How much follows; before name_to_handle_at(2) how much may.</param>
/// <param name="Type">The file system's own kind of handle.</param>
public readonly record struct FileHandleHeader(uint Bytes, int Type);
