// SPDX-License-Identifier: Apache-2.0
namespace Moat.Sockets.Unix;

/// <summary>Messages in the order of their coming, each on one list at most.</summary>
/// <remarks>Locks: its queue's.</remarks>
internal struct UnixMessageList
{
    /// <summary>The oldest.</summary>
    internal UnixMessage? First { get; private set; }

    /// <summary>The newest.</summary>
    internal UnixMessage? Last { get; private set; }

    internal int Count { get; private set; }

    internal void AddLast(UnixMessage message)
    {
        message.Next = null;
        if (Last is { } last)
        {
            last.Next = message;
        }
        else
        {
            First = message;
        }

        Last = message;
        Count++;
    }

    internal void AddFirst(UnixMessage message)
    {
        message.Next = First;
        First = message;
        Last ??= message;
        Count++;
    }

    /// <summary>Takes the oldest off; there is one.</summary>
    internal UnixMessage RemoveFirst()
    {
        UnixMessage message = First!;
        First = message.Next;
        Last = First is null ? null : Last;
        message.Next = null;
        Count--;
        return message;
    }
}
