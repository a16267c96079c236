// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>An event that waits to be read. The name is a dentry's own array, never copied.</summary>
internal readonly record struct NotifyEvent(int Descriptor, InotifyMask Mask, uint Cookie, byte[] Name)
{
    private const int HeaderSize = 16;

    /// <summary>Bytes that its name takes in a buffer: with a NUL, padded to whole headers.</summary>
    internal int NameSize => Name.Length == 0 ? 0 : (Name.Length + HeaderSize) & ~(HeaderSize - 1);

    /// <summary>Bytes that it takes in a buffer.</summary>
    internal int Size => HeaderSize + NameSize;

    /// <summary>True when it says nothing that the one before it did not (inotify_merge).</summary>
    internal bool Repeats(in NotifyEvent last) => last.Mask == Mask && last.Descriptor == Descriptor
        && (last.Mask & InotifyMask.Ignored) == 0 && last.Name.AsSpan().SequenceEqual(Name);
}
