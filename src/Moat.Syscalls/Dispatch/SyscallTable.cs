// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;

namespace Moat.Syscalls.Dispatch;

/// <summary>
/// Every system call of the ABI and what Moat does with it: the source of docs/syscalls.md.
/// </summary>
public static partial class SyscallTable
{
    /// <summary>All rows by number. Made anew on each use: only documents ask for it.</summary>
    public static ReadOnlySpan<SyscallRow> Rows => MakeRows();

    /// <summary>The table as Markdown, as docs/syscalls.md has it.</summary>
    public static string ToMarkdown()
    {
        ReadOnlySpan<SyscallRow> rows = Rows;
        var text = new StringBuilder();
        text.Append("# System calls\n\n");
        text.Append("Generated from the `[Syscall]` declarations in `src/Moat.Syscalls` by `./x docs`; ");
        text.Append("do not edit.\n");
        text.Append(CultureInfo.InvariantCulture, $"{Count(rows)} of {rows.Length} calls have a handler. ");
        text.Append("The others answer `ENOSYS`, as Linux does in the configuration that is given.\n\n");
        text.Append("| number | name | parameters | notes |\n| --- | --- | --- | --- |\n");
        foreach (SyscallRow row in rows)
        {
            string parameters = row.Implemented ? "`(" + row.Parameters + ")`" : "-";
            string notes = row.Implemented
                ? row.Summary.Replace("|", "\\|", StringComparison.Ordinal)
                : $"ENOSYS: {MissingCalls.Reason(row.Name)}";
            text.Append(CultureInfo.InvariantCulture,
                $"| {row.Number} | {row.Name} | {parameters} | {notes} |\n");
        }

        return text.ToString();
    }

    /// <summary>The table as plain text for a terminal.</summary>
    public static string ToText()
    {
        ReadOnlySpan<SyscallRow> rows = Rows;
        var text = new StringBuilder();
        foreach (SyscallRow row in rows)
        {
            string state = row.Implemented ? "(" + row.Parameters + ")" : "ENOSYS";
            text.Append(CultureInfo.InvariantCulture, $"{row.Number,3} {row.Name,-24} {state}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{Count(rows)} of {rows.Length} calls have a handler.\n");
        return text.ToString();
    }

    private static int Count(ReadOnlySpan<SyscallRow> rows)
    {
        int count = 0;
        foreach (SyscallRow row in rows)
        {
            count += row.Implemented ? 1 : 0;
        }

        return count;
    }
}
