// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>Lets a call that waits for the supervisor through.</summary>
internal static class SupervisorAnswer
{
    /// <summary>
    /// Continues the call, after installing a descriptor under the number that its fifth argument names,
    /// which
    /// was compared with the order.
    /// </summary>
    internal static void Allow(int listener, in SeccompNotification call, int hostFd)
    {
        if (hostFd >= 0)
        {
            Result<int> added = SeccompListener.AddFd(
                listener, call.Id, hostFd, (int)call.Arguments[4], true);
            if (!added.IsOk)
            {
                _ = SeccompListener.Fail(listener, call.Id, added.Error);
                return;
            }
        }

        _ = SeccompListener.Continue(listener, call.Id);
    }
}
