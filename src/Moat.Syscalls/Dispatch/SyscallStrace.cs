// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls.Dispatch;

/// <summary>Formats system calls for --strace, as strace(1) prints them.</summary>
public static partial class SyscallStrace
{
    /// <summary>"name(arguments)"; strings are read from the task's memory.</summary>
    public static string FormatEntry(
        Task task, uint number, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5) =>
        FormatEntry(task.Memory, number, a0, a1, a2, a3, a4, a5);

    /// <summary>"name(arguments)"; strings are read from <paramref name="memory"/>.</summary>
    public static string FormatEntry(
        UserMemory memory, uint number, ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)
    {
        var writer = new StraceWriter(memory);
        writer.Begin(SyscallNames.Get(number));
        if (!WriteArguments(writer, number, a0, a1, a2, a3, a4, a5))
        {
            writer.Hex(a0);
            writer.Hex(a1);
            writer.Hex(a2);
            writer.Hex(a3);
            writer.Hex(a4);
            writer.Hex(a5);
        }

        return writer.End();
    }

    /// <summary>" = value", " = -1 ENOENT (No such file or directory)" or " = ? ERESTARTSYS (...)".</summary>
    public static string FormatResult(uint number, SysResult result)
    {
        if (result.IsError)
        {
            Errno error = result.Error;
            string value = (int)error >= 512 ? "?" : "-1";
            return $" = {value} {error} ({ErrnoMessages.Get(error)})";
        }

        bool isAddress = (SyscallNumber)number is SyscallNumber.mmap or SyscallNumber.mremap
            or SyscallNumber.brk
            or SyscallNumber.shmat;
        return isAddress
            ? string.Create(CultureInfo.InvariantCulture, $" = 0x{result.Raw:x}")
            : string.Create(CultureInfo.InvariantCulture, $" = {result.Raw}");
    }
}
