// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>
/// Calls on inherited host descriptors that must neither block nor change what the caller sees of them.
/// </summary>
public static unsafe class HostStream
{
    private const ulong DontWait = 0x40;
    private const ulong NoSignal = 0x4000;

    /// <summary>
    /// Opens what a descriptor refers to a second time, through /proc/self/fd: an open file of our own.
    /// </summary>
    [HostCall("openat", Why = "a non-blocking open file for the caller's pipe or terminal",
        Stage = HostCallStage.Starting)]
    public static Result<int> Reopen(int fd, OpenFlags flags)
    {
        using var path = new NativeString("/proc/self/fd/"
            + fd.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return HostCall.Invoke(SyscallNumber.openat, unchecked((ulong)-100), path.Address,
            (ulong)flags).AsInt();
    }

    /// <summary>Receives from a socket without waiting, whatever its flags are.</summary>
    [HostCall("recvfrom", Why = "standard input that is a socket")]
    public static Result<int> Receive(int fd, Span<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(SyscallNumber.recvfrom, (ulong)fd, (ulong)p, (ulong)buffer.Length,
                DontWait).AsInt();
        }
    }

    /// <summary>Sends to a socket without waiting, whatever its flags are.</summary>
    [HostCall("sendto", Why = "standard output that is a socket")]
    public static Result<int> Send(int fd, ReadOnlySpan<byte> buffer)
    {
        fixed (byte* p = buffer)
        {
            return HostCall.Invoke(
                SyscallNumber.sendto, (ulong)fd, (ulong)p, (ulong)buffer.Length, DontWait | NoSignal).AsInt();
        }
    }

    /// <summary>An ioctl(2) with a structure, read or written.</summary>
    [HostCall("ioctl",
        Why = "terminal settings: TCGETS, TCSETS*, TIOCGWINSZ, TIOCSWINSZ, FIONREAD, TIOCOUTQ")]
    public static Errno Ioctl(int fd, uint request, Span<byte> structure)
    {
        fixed (byte* p = structure)
        {
            return HostCall.Invoke(SyscallNumber.ioctl, (ulong)fd, request, (ulong)p).Error;
        }
    }
}
