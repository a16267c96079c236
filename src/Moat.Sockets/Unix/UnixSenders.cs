// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs;

namespace Moat.Sockets.Unix;

/// <summary>Sockets that found no room in a queue, to be woken when there is some.</summary>
/// <remarks>Locks: the queue's, but for <see cref="Wake"/>.</remarks>
internal readonly struct UnixSenders()
{
    private readonly List<UnixSocket> _waiting = [];

    internal void Remember(UnixSocket sender)
    {
        if (!_waiting.Contains(sender))
        {
            _waiting.Add(sender);
        }
    }

    /// <summary>All of them, who are forgotten.</summary>
    internal UnixSocket[] Take()
    {
        UnixSocket[] senders = [.. _waiting];
        _waiting.Clear();
        return senders;
    }

    internal static void Wake(UnixSocket[] senders)
    {
        foreach (UnixSocket sender in senders)
        {
            sender.WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        }
    }
}
