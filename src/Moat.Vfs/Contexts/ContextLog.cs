// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Contexts;

/// <summary>What a context of fsopen(2) has to say: its last eight messages, each read once.</summary>
/// <remarks>Locks: one leaf lock guards the messages.</remarks>
public sealed class ContextLog
{
    private const int Most = 8;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Queue<byte[]> _messages = new();

    /// <summary>Adds one, in place of the oldest when there are too many.</summary>
    public void Add(string text)
    {
        byte[] message = Encoding.UTF8.GetBytes(text + "\n");
        using (_lock.Enter())
        {
            if (_messages.Count == Most)
            {
                _messages.Dequeue();
            }

            _messages.Enqueue(message);
        }
    }

    /// <summary>Takes the oldest: ENODATA when there is none, EMSGSIZE when it is too long.</summary>
    internal Result<byte[]> Take(int room)
    {
        using (_lock.Enter())
        {
            if (!_messages.TryPeek(out byte[]? oldest))
            {
                return Errno.ENODATA;
            }

            return oldest.Length > room ? Errno.EMSGSIZE : _messages.Dequeue();
        }
    }
}
