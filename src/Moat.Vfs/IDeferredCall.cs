// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs.Notify;

namespace Moat.Vfs;

/// <summary>
/// A call that is made on a thread which may not sleep (io_uring): where it would have to wait it notes for
/// what, fails with EAGAIN, and is made anew later.
/// </summary>
public interface IDeferredCall
{
    /// <summary>The question for permission that it has asked, with an answer or without.</summary>
    FanotifyInquiry? Inquiry { get; set; }

    /// <summary>It is to be made anew when this queue is woken, or at this time.</summary>
    void Await(WaitQueue queue, long untilNs);
}
