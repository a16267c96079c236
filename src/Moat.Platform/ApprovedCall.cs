// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Host.Seccomp;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>A host call that a stub thread may make once, exactly so.</summary>
/// <param name="Order">Number, arguments and the descriptor to install.</param>
internal readonly record struct ApprovedCall(MemoryOrder Order)
{
    /// <summary>True when the call that waits is this one, argument by argument.</summary>
    internal bool Matches(in SeccompNotification call) =>
        call.Number == Order.Number && call.Arguments[0] == Order.Arg0 && call.Arguments[1] == Order.Arg1
        && call.Arguments[2] == Order.Arg2 && call.Arguments[3] == Order.Arg3
        && call.Arguments[4] == Order.Arg4
        && call.Arguments[5] == (Order.Number == SyscallNumber.clone ? 0 : Order.Arg5);
}
