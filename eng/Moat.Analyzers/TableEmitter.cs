// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;

namespace Moat.Analyzers;

/// <summary>Writes the number to name table and the rows that the documents are made from.</summary>
internal static class TableEmitter
{
    public static string Emit(
        IReadOnlyList<NumberModel> numbers, IReadOnlyDictionary<uint, SyscallModel> calls)
    {
        var text = new StringBuilder(SourceText.Header);
        text.Append("namespace Moat.Syscalls.Dispatch;\n\n");
        EmitNames(text, numbers);
        text.Append("\npublic static partial class SyscallTable\n{\n");
        text.Append("    private static SyscallRow[] MakeRows() => new SyscallRow[]\n    {\n");
        foreach (NumberModel number in numbers)
        {
            calls.TryGetValue(number.Number, out SyscallModel? call);
            text.Append("        new(").Append(SourceText.Number(number.Number)).Append(", ");
            text.Append(SourceText.Literal(number.Name)).Append(", ");
            text.Append(call is null ? "false" : "true").Append(", ");
            text.Append(SourceText.Literal(Parameters(call))).Append(", ");
            text.Append(SourceText.Literal(call?.Summary ?? string.Empty)).Append("),\n");
        }

        return text.Append("    };\n}\n").ToString();
    }

    private static void EmitNames(StringBuilder text, IReadOnlyList<NumberModel> numbers)
    {
        // One string with every name and, per number, where its name starts: no array of strings to build at
        // start-up.
        var names = new StringBuilder();
        uint last = numbers.Count == 0 ? 0 : numbers[numbers.Count - 1].Number;
        var starts = new int[last + 2];
        int next = 0;
        for (uint number = 0; number <= last; number++)
        {
            starts[number] = names.Length;
            if (next < numbers.Count && numbers[next].Number == number)
            {
                names.Append(numbers[next++].Name);
            }
        }

        starts[last + 1] = names.Length;
        text.Append(
            "public static partial class SyscallNames\n{\n    private const string Names =\n        ");
        text.Append(SourceText.Literal(names.ToString())).Append(";\n\n");
        text.Append("    private static global::System.ReadOnlySpan<ushort> Starts => new ushort[]\n    {");
        for (int i = 0; i < starts.Length; i++)
        {
            text.Append(i % 16 == 0
                ? "\n        " : " ").Append(SourceText.Number((uint)starts[i])).Append(',');
        }

        text.Append("\n    };\n}\n");
    }

    private static string Parameters(SyscallModel? call)
    {
        var text = new StringBuilder();
        if (call is not null)
        {
            foreach (ParameterModel parameter in call.Parameters)
            {
                text.Append(text.Length == 0 ? string.Empty : ", ").Append(parameter.ShortType);
                text.Append(' ').Append(parameter.Name);
            }
        }

        return text.ToString();
    }
}
