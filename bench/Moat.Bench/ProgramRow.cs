// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Bench;

/// <summary>A whole command.</summary>
/// <param name="Row">Its line in the table.</param>
/// <param name="Words">The command; <c>@in</c> and <c>@work</c> stand for the inputs and for a scratch
/// directory.</param>
/// <param name="Output">What it prints, without the last line end.</param>
internal sealed record ProgramRow(Row Row, string[] Words, Func<string> Output)
{
    /// <summary>A command that prints nothing.</summary>
    public static ProgramRow Of(string name, string what, params string[] words) =>
        new(new Row(RowKind.Program, name, "ms", what), words, () => "");

    /// <summary>A shell script that begins in the scratch directory.</summary>
    public static ProgramRow Script(string name, string what, string script, Func<string> output) =>
        new(new Row(RowKind.Program, name, "ms", what),
            ["/bin/sh", "-c", "mkdir @work && cd @work && " + script], output);
}
