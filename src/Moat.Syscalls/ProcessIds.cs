// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>getpid(2), getppid(2), gettid(2), set_tid_address(2).</summary>
public static class ProcessIds
{
    /// <summary>getpid(2).</summary>
    [Syscall("getpid")]
    public static SysResult GetPid(Task task) => task.Group.OwnId;

    /// <summary>getppid(2): 0 for the first process.</summary>
    [Syscall("getppid")]
    public static SysResult GetParentPid(Task task) =>
        task.Group.Parent is { } parent ? task.ShowProcess(parent.ProcessId) : 0;

    /// <summary>gettid(2).</summary>
    [Syscall("gettid")]
    public static SysResult GetTid(Task task) => task.OwnId;

    /// <summary>set_tid_address(2).</summary>
    [Syscall("set_tid_address")]
    public static SysResult SetTidAddress(Task task, ulong address)
    {
        task.ClearChildTid = address;
        return task.OwnId;
    }
}
