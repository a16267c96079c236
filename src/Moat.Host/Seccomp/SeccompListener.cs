// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Seccomp;

/// <summary>The supervisor's side of seccomp user notification: the SECCOMP_IOCTL_NOTIF_* calls.</summary>
public static unsafe class SeccompListener
{
    public const uint ReceiveRequest = 0xc0502100;
    public const uint SendRequest = 0xc0182101;
    public const uint IdValidRequest = 0x40082102;
    public const uint AddFdRequest = 0x40182103;
    public const uint SetFlagsRequest = 0x40082104;

    private const uint ContinueFlag = 1;
    private const uint SetFd = 1;
    private const uint SendToo = 2;

    /// <summary>Waits for the next call.</summary>
    /// <returns>Success, EINTR, or ENOENT when the caller died meanwhile (try again).</returns>
    [HostCall("ioctl", Why = "SECCOMP_IOCTL_NOTIF_RECV: approving a stub's ordered calls")]
    public static Errno Receive(int listener, out SeccompNotification notification)
    {
        notification = default;
        fixed (SeccompNotification* p = &notification)
        {
            return HostCall.Invoke(SyscallNumber.ioctl, (ulong)listener, ReceiveRequest, (ulong)p).Error;
        }
    }

    /// <summary>Lets the call happen in the host.</summary>
    [HostCall("ioctl", Why = "SECCOMP_IOCTL_NOTIF_SEND")]
    public static Errno Continue(int listener, ulong id) =>
        Send(listener, new Response(id, 0, 0, ContinueFlag));

    /// <summary>Answers with a value, without the call.</summary>
    public static Errno Return(int listener, ulong id, long value) =>
        Send(listener, new Response(id, value, 0, 0));

    /// <summary>Answers with an error, without the call.</summary>
    public static Errno Fail(int listener, ulong id, Errno error) =>
        Send(listener, new Response(id, 0, -(int)error, 0));

    /// <summary>True while that call still waits.</summary>
    [HostCall("ioctl", Why = "SECCOMP_IOCTL_NOTIF_ID_VALID")]
    public static bool IsValid(int listener, ulong id) =>
        !HostCall.Invoke(SyscallNumber.ioctl, (ulong)listener, IdValidRequest, (ulong)&id).IsError;

    /// <summary>Installs a copy of one of our descriptors in the waiting process.</summary>
    /// <param name="listener">The listener.</param>
    /// <param name="id">The waiting call.</param>
    /// <param name="fd">Ours.</param>
    /// <param name="theirFd">The number there, or -1 for the lowest free one.</param>
    /// <param name="closeOnExec">Mark it close-on-exec there.</param>
    /// <param name="answer">Answer the call with the new number at once.</param>
    /// <returns>The number there.</returns>
    [HostCall("ioctl", Why = "SECCOMP_IOCTL_NOTIF_ADDFD: the file of a guest's mmap")]
    public static Result<int> AddFd(
        int listener, ulong id, int fd, int theirFd = -1, bool closeOnExec = true, bool answer = false)
    {
        uint flags = (theirFd >= 0 ? SetFd : 0) | (answer ? SendToo : 0);
        AddFdArgument argument = new(
            id, flags, (uint)fd, theirFd >= 0 ? (uint)theirFd : 0, closeOnExec ? 0x80000u : 0);
        return HostCall.Invoke(SyscallNumber.ioctl, (ulong)listener, AddFdRequest, (ulong)&argument).AsInt();
    }

    /// <summary>
    /// SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP: wake supervisor and caller on one CPU (6.6 and later).
    /// </summary>
    [HostCall("ioctl", Why = "SECCOMP_IOCTL_NOTIF_SET_FLAGS")]
    public static Errno SetSyncWakeUp(int listener) =>
        HostCall.Invoke(SyscallNumber.ioctl, (ulong)listener, SetFlagsRequest, 1).Error;

    private static Errno Send(int listener, Response response) =>
        HostCall.Invoke(SyscallNumber.ioctl, (ulong)listener, SendRequest, (ulong)&response).Error;

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Response(ulong Id, long Value, int Error, uint Flags);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct AddFdArgument(ulong Id, uint Flags, uint Fd, uint NewFd, uint NewFdFlags);
}
