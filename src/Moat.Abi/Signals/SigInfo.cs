// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Signals;

/// <summary>
/// siginfo_t (sigaction(2)): 128 bytes, of which the union's arms that Linux fills are named here.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 128)]
public struct SigInfo
{
    /// <summary>si_signo.</summary>
    [FieldOffset(0)]
    public int Number;

    /// <summary>si_errno.</summary>
    [FieldOffset(4)]
    public int Error;

    /// <summary>si_code.</summary>
    [FieldOffset(8)]
    public int Code;

    /// <summary>si_pid of kill and SIGCHLD; the low half of si_timerid's place.</summary>
    [FieldOffset(16)]
    public int Pid;

    /// <summary>si_uid.</summary>
    [FieldOffset(20)]
    public uint Uid;

    /// <summary>si_value of rt_sigqueueinfo, timers and message queues.</summary>
    [FieldOffset(24)]
    public ulong Value;

    /// <summary>si_status of SIGCHLD.</summary>
    [FieldOffset(24)]
    public int Status;

    /// <summary>si_utime of SIGCHLD, in clock ticks.</summary>
    [FieldOffset(32)]
    public long UserTime;

    /// <summary>si_stime of SIGCHLD, in clock ticks.</summary>
    [FieldOffset(40)]
    public long SystemTime;

    /// <summary>si_addr of faults.</summary>
    [FieldOffset(16)]
    public ulong Address;

    /// <summary>si_timerid.</summary>
    [FieldOffset(16)]
    public int TimerId;

    /// <summary>si_overrun.</summary>
    [FieldOffset(20)]
    public int Overrun;

    /// <summary>si_band of SIGIO.</summary>
    [FieldOffset(16)]
    public long Band;

    /// <summary>si_fd of SIGIO.</summary>
    [FieldOffset(24)]
    public int Fd;

    /// <summary>si_call_addr of SIGSYS.</summary>
    [FieldOffset(16)]
    public ulong CallAddress;

    /// <summary>si_syscall of SIGSYS.</summary>
    [FieldOffset(24)]
    public int SystemCall;

    /// <summary>si_arch of SIGSYS.</summary>
    [FieldOffset(28)]
    public uint Architecture;

    /// <summary>si_code: sent by kill(2).</summary>
    public const int SI_USER = 0;

    /// <summary>si_code: sent by the kernel.</summary>
    public const int SI_KERNEL = 0x80;

    /// <summary>si_code: sent by rt_sigqueueinfo(2).</summary>
    public const int SI_QUEUE = -1;

    /// <summary>si_code: a POSIX timer expired.</summary>
    public const int SI_TIMER = -2;

    /// <summary>si_code: a message queue's notification.</summary>
    public const int SI_MESGQ = -3;

    /// <summary>si_code: asynchronous I/O.</summary>
    public const int SI_ASYNCIO = -4;

    /// <summary>si_code: sent by tkill(2) or tgkill(2).</summary>
    public const int SI_TKILL = -6;

    /// <summary>si_code of SIGCHLD: exited.</summary>
    public const int CLD_EXITED = 1;

    /// <summary>si_code of SIGCHLD: killed by a signal.</summary>
    public const int CLD_KILLED = 2;

    /// <summary>si_code of SIGCHLD: killed, with a core dump.</summary>
    public const int CLD_DUMPED = 3;

    /// <summary>si_code of SIGCHLD: a traced child trapped.</summary>
    public const int CLD_TRAPPED = 4;

    /// <summary>si_code of SIGCHLD: stopped.</summary>
    public const int CLD_STOPPED = 5;

    /// <summary>si_code of SIGCHLD: continued.</summary>
    public const int CLD_CONTINUED = 6;
}
