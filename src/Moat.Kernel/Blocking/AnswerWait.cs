// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Kernel.Blocking;

/// <summary>How a task waits for fanotify's listeners: until they have answered, or it is to end.</summary>
internal static class AnswerWait
{
    /// <summary>The answer; EINTR for a task that is to end, whose question is then given up.</summary>
    internal static Errno Run(Task task, FanotifyInquiry inquiry)
    {
        var waiter = new TaskWaiter(task, PollEvents.All);
        inquiry.WaitQueue.Add(waiter);
        Errno error = inquiry.Advance();
        while (inquiry.IsAsking)
        {
            error = KillableWait.Sleep(task) ? inquiry.Advance() : Errno.EINTR;
            if (error == Errno.EINTR)
            {
                break;
            }
        }

        inquiry.WaitQueue.Remove(waiter);
        return error;
    }
}
