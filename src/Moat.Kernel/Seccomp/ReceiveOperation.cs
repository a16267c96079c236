// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Seccomp;

/// <summary>Waits for a request of a listener.</summary>
internal struct ReceiveOperation(SeccompListener listener) : IBlockingOperation
{
    /// <summary>What was received.</summary>
    internal SeccompRequest? Request { get; private set; }

    public readonly long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        if (!listener.Receive().TryGet(out SeccompRequest? request, out Abi.Errno error))
        {
            return error;
        }

        Request = request;
        return 0L;
    }
}
