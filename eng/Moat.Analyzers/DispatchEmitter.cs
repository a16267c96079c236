// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;

namespace Moat.Analyzers;

/// <summary>Writes SyscallDispatcher: one switch that decodes registers and calls the handler.</summary>
internal static class DispatchEmitter
{
    public static string Emit(IReadOnlyList<KeyValuePair<uint, SyscallModel>> calls)
    {
        var text = new StringBuilder(SourceText.Header);
        text.Append("namespace Moat.Syscalls.Dispatch;\n\n");
        text.Append("/// <summary>Decodes the registers of a system call and calls its handler.</summary>\n");
        text.Append("public static class SyscallDispatcher\n{\n");
        EmitBitmap(text, calls);
        text.Append(
            "    /// <summary>Runs a system call; ENOSYS when nothing implements its number.</summary>\n");
        text.Append("    public static global::Moat.Base.SysResult Invoke(\n");
        text.Append("        global::Moat.Kernel.Tasks.Task task, uint number,\n");
        text.Append("        ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)\n    {\n");
        text.Append("        switch (number)\n        {\n");
        foreach (KeyValuePair<uint, SyscallModel> call in calls)
        {
            text.Append("            case ").Append(SourceText.Number(call.Key)).Append(": return ");
            text.Append(call.Value.Method).Append("(task");
            for (int i = 0; i < call.Value.Parameters.Count; i++)
            {
                text.Append(", ").Append(Decode(call.Value.Parameters[i], "a" + i));
            }

            text.Append(");\n");
        }

        text.Append("            default: return global::Moat.Abi.Errno.ENOSYS;\n        }\n    }\n}\n");
        return text.ToString();
    }

    private static void EmitBitmap(StringBuilder text, IReadOnlyList<KeyValuePair<uint, SyscallModel>> calls)
    {
        var bits = new ulong[16];
        foreach (KeyValuePair<uint, SyscallModel> call in calls)
        {
            bits[call.Key / 64] |= 1UL << (int)(call.Key % 64);
        }

        text.Append(
            "    private static global::System.ReadOnlySpan<ulong> Implemented => new ulong[]\n    {\n");
        foreach (ulong word in bits)
        {
            text.Append("        ").Append(SourceText.Hex(word)).Append(",\n");
        }

        text.Append("    };\n\n");
        text.Append("    /// <summary>True when a handler exists for the number.</summary>\n");
        text.Append("    public static bool IsImplemented(uint number) =>\n");
        text.Append(
            "        number < 1024 && (Implemented[(int)(number / 64)] >> (int)(number % 64) & 1) != 0;\n\n");
    }

    private static string Decode(ParameterModel parameter, string register) => parameter.Kind switch
    {
        ParameterKind.Int => "unchecked((int)" + register + ")",
        ParameterKind.UInt => "unchecked((uint)" + register + ")",
        ParameterKind.Long => "unchecked((long)" + register + ")",
        ParameterKind.ULong => register,
        ParameterKind.Enum =>
            "(" + parameter.FullType + ")unchecked((" + parameter.Enum!.Underlying + ")" + register + ")",
        _ => "new " + parameter.FullType + "(" + register + ")",
    };
}
