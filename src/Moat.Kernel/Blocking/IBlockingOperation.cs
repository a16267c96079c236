// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Blocking;

/// <summary>
/// One system call's work on an object that may not be ready: a struct, so that waiting allocates nothing.
/// </summary>
public interface IBlockingOperation
{
    /// <summary>What is done already, returned instead of an error when the call ends early.</summary>
    long Progress { get; }

    /// <summary>Does what can be done now; EAGAIN means: wait for the object and call again.</summary>
    Result<long> Attempt(Task task);
}
