// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Ipc;

/// <summary>struct mq_attr (include/uapi/linux/mqueue.h).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct QueueAttributes
{
    /// <summary>mq_flags: O_NONBLOCK or 0.</summary>
    public long Flags;

    /// <summary>mq_maxmsg.</summary>
    public long MaximumMessages;

    /// <summary>mq_msgsize.</summary>
    public long MessageSize;

    /// <summary>mq_curmsgs.</summary>
    public long CurrentMessages;
    public long Reserved0;
    public long Reserved1;
    public long Reserved2;
    public long Reserved3;
}
