// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs;

/// <summary>Which deferred call this thread is making.</summary>
public static class DeferredCalls
{
    [ThreadStatic]
    private static IDeferredCall? s_current;

    /// <summary>It; null when the thread makes none.</summary>
    public static IDeferredCall? Current
    {
        get => s_current;
        set => s_current = value;
    }
}
