// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Moat.Base;
using Moat.Host.Files;
using Moat.Kernel.Tasks;
using Moat.Platform;
using Moat.Syscalls.Dispatch;

namespace Moat.Sandbox.Boot;

/// <summary>
/// The system call table with --strace around it: one line per call, written when it returns.
/// </summary>
public sealed class TracedSyscalls : ISyscallHandler
{
    private readonly DirectSyscalls _inner = new();
    private readonly HashSet<string> _names = [];
    private readonly int _logFd;

    /// <summary>Traces the named calls, or "all", to a descriptor.</summary>
    public TracedSyscalls(string names, int logFd)
    {
        _logFd = logFd;
        if (names is not ("all" or ""))
        {
            _names.UnionWith(names.Split(',',
                StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        }
    }

    /// <inheritdoc/>
    public SysResult Invoke(Task task, uint number)
    {
        if (_names.Count > 0 && !_names.Contains(SyscallNames.Get(number)))
        {
            return _inner.Invoke(task, number);
        }

        GuestCall c = task.Call;
        string entry = SyscallStrace.FormatEntry(task, number, c.A0, c.A1, c.A2, c.A3, c.A4, c.A5);
        int tid = task.ThreadId;
        SysResult result = _inner.Invoke(task, number);
        Write(string.Create(
            CultureInfo.InvariantCulture,
                $"[{tid,5}] {entry}{SyscallStrace.FormatResult(number, result)}\n"));
        return result;
    }

    private void Write(string line) => _ = HostFile.Write(_logFd, Encoding.UTF8.GetBytes(line));
}
