// SPDX-License-Identifier: Apache-2.0
namespace Moat.Host.Seccomp;

/// <summary>
/// A place in a <see cref="SeccompProgram"/> that is jumped to; it must lie after every jump.
/// </summary>
/// <param name="Id">Its number within the program.</param>
public readonly record struct SeccompLabel(int Id);
