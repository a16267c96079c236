// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Processes;

/// <summary>Calls about processes and threads.</summary>
public static unsafe class HostProcess
{
    /// <summary>The calling process.</summary>
    [HostCall("getpid", Why = "addressing our own threads")]
    public static int GetPid() => (int)HostCall.Invoke(SyscallNumber.getpid).Raw;

    /// <summary>The calling thread.</summary>
    [HostCall("gettid", Why = "addressing our own threads")]
    public static int GetTid() => (int)HostCall.Invoke(SyscallNumber.gettid).Raw;

    /// <summary>The calling process's nice value, -20 to 19.</summary>
    [HostCall("getpriority", Why = "the nice value that guests start with: the launcher's")]
    public static int GetNice()
    {
        // The call returns 20 - nice, so that it is never negative (getpriority(2)).
        const int Offset = 20;
        SysResult result = HostCall.Invoke(SyscallNumber.getpriority, 0, 0);
        return result.IsError ? 0 : Offset - (int)result.Raw;
    }

    /// <summary>Ends this process at once: no runtime shutdown, which has nothing to do here.</summary>
    [HostCall("exit_group", Why = "end of the process")]
    public static void Exit(int status) => _ = HostCall.Invoke(SyscallNumber.exit_group, (ulong)status);

    /// <summary>Sends a signal to one thread.</summary>
    [HostCall("tgkill", Why = "interrupting guest code in a stub")]
    public static Errno SendToThread(int pid, int tid, int signal) =>
        HostCall.Invoke(SyscallNumber.tgkill, (ulong)pid, (ulong)tid, (ulong)signal).Error;

    /// <summary>Sends a signal to a process.</summary>
    [HostCall("kill", Why = "forwarding signals and ending processes that are starting", Stage =
        HostCallStage.Starting)]
    public static Errno Send(int pid, int signal) =>
        HostCall.Invoke(SyscallNumber.kill, (ulong)(long)pid, (ulong)signal).Error;

    /// <summary>prctl(2).</summary>
    [HostCall("prctl", Why = "no_new_privs, parent death signal, thread names")]
    public static SysResult Control(int option, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0) =>
        HostCall.Invoke(SyscallNumber.prctl, (ulong)option, a1, a2, a3, a4);
}
