// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;

namespace Moat.Analyzers;

/// <summary>Writes SyscallInputs: what a stub copies ahead of each call.</summary>
internal static class InputEmitter
{
    private const int MostInputs = 2;

    public static string Emit(IReadOnlyList<KeyValuePair<uint, SyscallModel>> calls)
    {
        var text = new StringBuilder(SourceText.Header);
        text.Append("namespace Moat.Syscalls.Dispatch;\n\n");
        text.Append(
            "/// <summary>The bytes that each system call reads, for stubs to copy ahead.</summary>\n");
        text.Append("public static class SyscallInputs\n{\n");
        text.Append("    /// <summary>The table of inputs.</summary>\n");
        text.Append("    public static byte[] Table()\n    {\n");
        text.Append("        var table = new byte[global::Moat.Platform.InputEntry.TableSize];\n");
        foreach (KeyValuePair<uint, SyscallModel> call in calls)
        {
            int index = 0;
            for (int i = 0; i < call.Value.Parameters.Count && index < MostInputs; i++)
            {
                if (call.Value.Parameters[i].Input is { } input)
                {
                    EmitEntry(text, call.Key, i, input, index++);
                }
            }
        }

        text.Append("        return table;\n    }\n}\n");
        return text.ToString();
    }

    private static void EmitEntry(StringBuilder text, uint number, int parameter, InputModel input, int index)
    {
        string size = input.Element.Length == 0
            ? "0" : "global::System.Runtime.CompilerServices.Unsafe.SizeOf<" + input.Element + ">()";
        text.Append("        new global::Moat.Platform.InputEntry(").Append(parameter).Append(", ");
        text.Append(input.Count).Append(", ").Append(size).Append(").WriteTo(table, ");
        text.Append(SourceText.Number(number)).Append(", ").Append(index).Append(");\n");
    }
}
