// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs.Notify;

/// <summary>
/// Whose call runs on this thread: fanotify(7) says who did something, and FileNotify is not told.
/// </summary>
/// <remarks>
/// A task has a thread of its own, so this is set once for each task and costs calls nothing.
/// </remarks>
public static class NotifyActor
{
    [ThreadStatic]
    private static Caller? s_current;

    /// <summary>The task; null on threads that are the kernel's own.</summary>
    public static Caller? Current
    {
        get => s_current;
        set => s_current = value;
    }
}
