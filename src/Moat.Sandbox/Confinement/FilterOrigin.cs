// SPDX-License-Identifier: Apache-2.0
namespace Moat.Sandbox.Confinement;

/// <summary>Which code a host call may come from.</summary>
internal enum FilterOrigin
{
    /// <summary>The kernel process itself (and stubs, whose own filter is stricter).</summary>
    Kernel,

    /// <summary>The page of ChildProgram's machine code: between clone and exec of a stub.</summary>
    ChildProgram,

    /// <summary>
    /// The stub's own code, at its fixed address; stubs inherit this filter and add their own.
    /// </summary>
    Stub,
}
