// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>The siginfo_t of rt_sigqueueinfo(2), taken in as copy_siginfo_from_user does.</summary>
internal static class QueuedInfo
{
    // sizeof(struct kernel_siginfo): all that any known layout uses.
    private const int KnownSize = 48;

    // Codes from here to SI_USER are senders' (SI_DETHREAD), and SI_ASYNCNL is.
    private const int LowestSender = -7;
    private const int AsynchronousName = -60;

    // NSIGPOLL: what signals without codes of their own may have.
    private const int CommonCodes = 6;

    /// <summary>EFAULT; E2BIG when bytes are set that no layout of this signal and code has.</summary>
    internal static Errno Read(Task task, ulong address, int signal, out SigInfo info)
    {
        info = default;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<SigInfo>(ref info));
        Errno error = task.Memory.Read(address, bytes[..KnownSize]);
        if (error != Errno.Success || IsKnown(signal, info.Code))
        {
            return error;
        }

        error = task.Memory.Read(address + KnownSize, bytes[KnownSize..]);
        return error == Errno.Success && bytes[KnownSize..].ContainsAnyExcept((byte)0) ? Errno.E2BIG : error;
    }

    private static bool IsKnown(int signal, int code) =>
        code == SigInfo.SI_KERNEL || code == AsynchronousName
            || (code > SigInfo.SI_USER ? code <= Codes((Signal)signal) : code >= LowestSender);

    // sig_sicodes: NSIGILL and so on.
    private static int Codes(Signal signal) => signal switch
    {
        Signal.SIGILL => 11,
        Signal.SIGFPE => 15,
        Signal.SIGSEGV => 10,
        Signal.SIGBUS => 5,
        Signal.SIGTRAP => 6,
        Signal.SIGSYS => 2,
        _ => CommonCodes,
    };
}
