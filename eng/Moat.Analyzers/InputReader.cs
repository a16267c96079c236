// SPDX-License-Identifier: Apache-2.0
using Microsoft.CodeAnalysis;

namespace Moat.Analyzers;

/// <summary>Reads what a parameter's type and [Input] say of the bytes that the call reads through
/// it.</summary>
internal static class InputReader
{
    private const string AttributeName = "Moat.Syscalls.InputAttribute";

    public static InputModel? Read(IParameterSymbol symbol, ParameterKind kind)
    {
        if (kind == ParameterKind.String)
        {
            return new InputModel(string.Empty, -1);
        }

        AttributeData? attribute = null;
        foreach (AttributeData candidate in symbol.GetAttributes())
        {
            attribute = candidate.AttributeClass?.ToDisplayString() == AttributeName ? candidate : attribute;
        }

        if (attribute is null || kind is not (ParameterKind.Pointer or ParameterKind.Buffer))
        {
            return null;
        }

        string element = kind == ParameterKind.Pointer
            ? ((INamedTypeSymbol)symbol.Type).TypeArguments[0].ToDisplayString(
                SymbolDisplayFormat.FullyQualifiedFormat)
            : "byte";
        string? count = attribute.ConstructorArguments.Length == 1
            ? attribute.ConstructorArguments[0].Value as string : null;
        int index = -1;
        if (count is not null && symbol.ContainingSymbol is IMethodSymbol method)
        {
            // The first parameter is the task.
            for (int i = 1; i < method.Parameters.Length; i++)
            {
                index = method.Parameters[i].Name == count ? i - 1 : index;
            }
        }

        return new InputModel(element, index);
    }
}
