// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Signals;

/// <summary>struct sigevent (sigevent(3type)): how to tell of a completed request.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public struct SignalEvent
{
    /// <summary>sigev_notify: a signal to the process.</summary>
    public const int SIGEV_SIGNAL = 0;

    /// <summary>sigev_notify: nothing.</summary>
    public const int SIGEV_NONE = 1;

    /// <summary>sigev_notify: a thread, which the C library makes.</summary>
    public const int SIGEV_THREAD = 2;

    /// <summary>sigev_notify: a signal to one thread.</summary>
    public const int SIGEV_THREAD_ID = 4;

    /// <summary>sigev_value.</summary>
    public ulong Value;

    /// <summary>sigev_signo.</summary>
    public int Number;

    /// <summary>sigev_notify.</summary>
    public int Notify;

    /// <summary>sigev_notify_thread_id.</summary>
    public int ThreadId;
}
