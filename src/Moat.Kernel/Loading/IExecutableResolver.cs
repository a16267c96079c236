// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>Opens what is to be executed; the path walker fulfils it.</summary>
public interface IExecutableResolver
{
    /// <summary>
    /// Opens a program or interpreter for reading after checking that the caller may execute it.
    /// </summary>
    /// <param name="caller">Who executes.</param>
    /// <param name="path">The path, without NUL, from the caller's root or working directory.</param>
    /// <returns>The file, a reference of the caller's own; EACCES for what is no regular executable file or
    /// lies on a
    /// noexec mount; errors of the path walk.</returns>
    Result<OpenFile> OpenExecutable(Caller caller, ReadOnlySpan<byte> path);
}
