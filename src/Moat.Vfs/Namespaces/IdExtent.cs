// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Namespaces;

/// <summary>One line of a uid_map or gid_map.</summary>
/// <param name="First">First id inside.</param>
/// <param name="Kernel">What it is in the initial user namespace.</param>
/// <param name="Count">How many ids follow each other.</param>
public readonly record struct IdExtent(uint First, uint Kernel, uint Count);
