// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text;

namespace Moat.Analyzers;

/// <summary>
/// Writes the strace formatter: one case per call, each argument printed by its declared type.
/// </summary>
internal static class StraceEmitter
{
    public static string Emit(IReadOnlyList<KeyValuePair<uint, SyscallModel>> calls)
    {
        var enums = new SortedDictionary<string, EnumModel>(System.StringComparer.Ordinal);
        var text = new StringBuilder(SourceText.Header);
        text.Append("namespace Moat.Syscalls.Dispatch;\n\n");
        text.Append("public static partial class SyscallStrace\n{\n");
        text.Append("    private static bool WriteArguments(\n");
        text.Append("        StraceWriter writer, uint number,\n");
        text.Append("        ulong a0, ulong a1, ulong a2, ulong a3, ulong a4, ulong a5)\n    {\n");
        text.Append("        switch (number)\n        {\n");
        foreach (KeyValuePair<uint, SyscallModel> call in calls)
        {
            text.Append("            case ").Append(SourceText.Number(call.Key)).Append(":\n");
            for (int i = 0; i < call.Value.Parameters.Count; i++)
            {
                ParameterModel parameter = call.Value.Parameters[i];
                if (parameter.Enum is not null)
                {
                    enums[parameter.Enum.FullName] = parameter.Enum;
                }

                text.Append("                ").Append(Write(parameter, "a" + i)).Append(";\n");
            }

            text.Append("                return true;\n");
        }

        text.Append("            default:\n                return false;\n        }\n    }\n");
        foreach (EnumModel model in enums.Values)
        {
            EmitEnum(text, model);
        }

        return text.Append("}\n").ToString();
    }

    private static string Write(ParameterModel parameter, string register)
    {
        string name = SourceText.Literal(parameter.Name);
        return parameter.Kind switch
        {
            ParameterKind.Int => "writer.Int(" + name + ", unchecked((int)" + register + "))",
            ParameterKind.UInt => "writer.UInt(" + name + ", unchecked((uint)" + register + "))",
            ParameterKind.Long => "writer.Long(" + name + ", unchecked((long)" + register + "))",
            ParameterKind.ULong => "writer.ULong(" + name + ", " + register + ")",
            ParameterKind.String => "writer.String(" + register + ")",
            ParameterKind.Enum => EnumMethod(parameter.Enum!) + "(writer, " + register + ")",
            _ => "writer.Address(" + register + ")",
        };
    }

    private static string EnumMethod(EnumModel model) =>
        "Write_" + model.FullName.Replace("global::", string.Empty).Replace('.', '_');

    private static void EmitEnum(StringBuilder text, EnumModel model)
    {
        List<EnumMember> members = Ordered(model);
        bool narrow = model.Underlying is "int" or "uint";
        text.Append("\n    private static void ").Append(EnumMethod(model)).Append(
            "(StraceWriter writer, ulong value)\n");
        text.Append("    {\n        global::System.ReadOnlySpan<ulong> values = new ulong[]\n        {\n");
        foreach (EnumMember member in members)
        {
            text.Append("            ").Append(SourceText.Hex(member.Value)).Append(",\n");
        }

        text.Append("        };\n        const string Names =\n            \"\"");
        foreach (EnumMember member in members)
        {
            text.Append("\n            + ").Append(SourceText.Literal(member.Name + "|"));
        }

        text.Append(";\n        writer.").Append(model.IsFlags ? "Flags" : "Choice").Append('(');
        text.Append(narrow ? "value & 0xffffffffUL" : "value").Append(", values, Names);\n    }\n");
    }

    /// <summary>
    /// Flags: those with most bits first, without names for plain unions of other names; the rest as
    /// declared.
    /// </summary>
    private static List<EnumMember> Ordered(EnumModel model)
    {
        var members = new List<EnumMember>();
        ulong single = 0;
        foreach (EnumMember member in model.Members)
        {
            single |= Bits(member.Value) == 1 ? member.Value : 0;
        }

        foreach (EnumMember member in model.Members)
        {
            bool union = model.IsFlags && Bits(member.Value) > 1 && (member.Value & ~single) == 0;
            bool repeated = members.Exists(other => other.Value == member.Value);
            if (!union && !repeated)
            {
                members.Add(member);
            }
        }

        if (model.IsFlags)
        {
            // A stable insertion sort: List.Sort is not stable and the order is visible.
            for (int i = 1; i < members.Count; i++)
            {
                for (int j = i; j > 0 && Bits(members[j].Value) > Bits(members[j - 1].Value); j--)
                {
                    (members[j], members[j - 1]) = (members[j - 1], members[j]);
                }
            }
        }

        return members;
    }

    private static int Bits(ulong value)
    {
        int count = 0;
        for (; value != 0; value &= value - 1)
        {
            count++;
        }

        return count;
    }
}
