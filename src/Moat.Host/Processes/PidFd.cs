// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Processes;

/// <summary>Process descriptors: pidfd_open(2) and what can be done with one.</summary>
public static unsafe class PidFd
{
    private const int WaitByPidFd = 3;
    private const int Exited = 4;
    private const int NoHang = 1;
    private const int AllChildren = 0x40000000;

    /// <summary>Opens a descriptor of a process; it polls readable when that process has ended.</summary>
    [HostCall("pidfd_open", Why = "stub processes that fork made")]
    public static Result<int> Open(int pid) => HostCall.Invoke(SyscallNumber.pidfd_open, (ulong)pid).AsInt();

    /// <summary>Sends a signal.</summary>
    [HostCall("pidfd_send_signal", Why = "ending stub processes")]
    public static Errno SendSignal(int pidFd, int signal) =>
        HostCall.Invoke(SyscallNumber.pidfd_send_signal, (ulong)pidFd, (ulong)signal).Error;

    /// <summary>Copies a descriptor out of another process.</summary>
    [HostCall("pidfd_getfd", Why = "taking over a new stub's seccomp listener")]
    public static Result<int> GetFd(int pidFd, int theirFd) =>
        HostCall.Invoke(SyscallNumber.pidfd_getfd, (ulong)pidFd, (ulong)theirFd).AsInt();

    /// <summary>Reaps a child that has ended (or, with <paramref name="wait"/>, will end).</summary>
    /// <returns>How it ended; EAGAIN when it has not ended yet.</returns>
    [HostCall("waitid", Why = "reaping stub processes")]
    public static Result<ChildStatus> Reap(int pidFd, bool wait) => Reap(WaitByPidFd, pidFd, wait);

    /// <summary>Reaps a child by number.</summary>
    public static Result<ChildStatus> ReapPid(int pid, bool wait) => Reap(1, pid, wait);

    private static Result<ChildStatus> Reap(int kind, int id, bool wait)
    {
        // siginfo_t: signo, errno, code at 8; pid at 16, uid, status at 24.
        int* info = stackalloc int[32];
        info[4] = 0;
        ulong options = (ulong)(Exited | AllChildren | (wait ? 0 : NoHang));
        SysResult result;
        do
        {
            result = HostCall.Invoke(SyscallNumber.waitid, (ulong)kind, (ulong)id, (ulong)info, options);
        }
        while (result.Error == Errno.EINTR);
        if (result.IsError)
        {
            return result.Error;
        }

        return info[4] == 0 ? Errno.EAGAIN : new ChildStatus(info[4], info[2], info[6]);
    }
}
