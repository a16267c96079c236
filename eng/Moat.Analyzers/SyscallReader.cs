// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Text.RegularExpressions;
using System.Threading;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace Moat.Analyzers;

/// <summary>
/// Turns a method symbol with [Syscall] into a <see cref="SyscallModel"/>, noting what is wrong with it.
/// </summary>
internal static class SyscallReader
{
    private const string TaskType = "Moat.Kernel.Tasks.Task";
    private const string ResultType = "Moat.Base.SysResult";

    private static readonly SymbolDisplayFormat s_full = SymbolDisplayFormat.FullyQualifiedFormat;

    public static SyscallModel Read(GeneratorAttributeSyntaxContext context, CancellationToken cancel)
    {
        var method = (IMethodSymbol)context.TargetSymbol;
        LocationInfo location = LocationInfo.From(context.TargetNode.GetLocation());
        if (method.Locations.Length > 0)
        {
            location = LocationInfo.From(method.Locations[0]);
        }

        var problems = new List<DiagnosticInfo>();
        CheckSignature(method, location, problems);

        var parameters = new List<ParameterModel>();
        for (int i = 1; i < method.Parameters.Length; i++)
        {
            cancel.ThrowIfCancellationRequested();
            IParameterSymbol symbol = method.Parameters[i];
            ParameterModel? parameter = symbol.RefKind == RefKind.None ? ReadParameter(symbol) : null;
            if (parameter is null)
            {
                LocationInfo at = symbol.Locations.Length > 0
                    ? LocationInfo.From(symbol.Locations[0]) : location;
                problems.Add(new(Diagnostics.Undecodable, at, symbol.Name, symbol.Type.ToDisplayString()));
            }
            else
            {
                parameters.Add(parameter);
            }
        }

        if (method.Parameters.Length > 7)
        {
            string count = (method.Parameters.Length - 1).ToString();
            problems.Add(new(Diagnostics.TooMany, location, method.Name, count));
        }

        object? name = context.Attributes[0].ConstructorArguments.Length == 1
            ? context.Attributes[0].ConstructorArguments[0].Value
            : null;
        return new SyscallModel(
            name as string ?? string.Empty,
            method.ContainingType.ToDisplayString(s_full) + "." + method.Name,
            Summary(context.TargetNode),
            new EquatableArray<ParameterModel>(parameters.ToArray()),
            new EquatableArray<DiagnosticInfo>(problems.ToArray()),
            location);
    }

    private static void CheckSignature(IMethodSymbol method, LocationInfo location,
        List<DiagnosticInfo> problems)
    {
        if (!method.IsStatic || method.IsGenericMethod || method.ContainingType.IsGenericType)
        {
            problems.Add(new(Diagnostics.Signature, location, method.Name, "static and not generic"));
        }

        if (method.DeclaredAccessibility is not (Accessibility.Public or Accessibility.Internal))
        {
            problems.Add(new(Diagnostics.Signature, location, method.Name, "public or internal"));
        }

        if (method.RefKind != RefKind.None || method.ReturnType.ToDisplayString() != ResultType)
        {
            problems.Add(
                new(Diagnostics.Signature, location, method.Name, "a method that returns " + ResultType));
        }

        if (method.Parameters.Length == 0 || method.Parameters[0].RefKind != RefKind.None
            || method.Parameters[0].Type.ToDisplayString() != TaskType)
        {
            string must = "a method whose first parameter is a " + TaskType;
            problems.Add(new(Diagnostics.Signature, location, method.Name, must));
        }
    }

    private static ParameterModel? ReadParameter(IParameterSymbol symbol)
    {
        ITypeSymbol type = symbol.Type;
        string full = type.ToDisplayString(s_full);
        string shortName = type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
        ParameterModel Make(ParameterKind kind, string shortType, EnumModel? model = null) =>
            new(symbol.Name, full, shortType, kind, model, InputReader.Read(symbol, kind));

        switch (type.SpecialType)
        {
            case SpecialType.System_Int32:
                return Make(ParameterKind.Int, shortName);
            case SpecialType.System_UInt32:
                return Make(ParameterKind.UInt, shortName);
            case SpecialType.System_Int64:
                return Make(ParameterKind.Long, shortName);
            case SpecialType.System_UInt64:
                return Make(ParameterKind.ULong, shortName);
        }

        if (type is not INamedTypeSymbol named)
        {
            return null;
        }

        if (named.TypeKind == TypeKind.Enum)
        {
            EnumModel? model = ReadEnum(named);
            return model is null ? null : Make(ParameterKind.Enum, shortName, model);
        }

        switch (named.OriginalDefinition.ToDisplayString())
        {
            case "Moat.Memory.GuestPtr<T>":
                string target =
                    named.TypeArguments[0].ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat);
                return Make(ParameterKind.Pointer, target + "*");
            case "Moat.Memory.GuestString":
                return Make(ParameterKind.String, "string");
            case "Moat.Memory.GuestBuffer":
                return Make(ParameterKind.Buffer, "buffer");
            default:
                return null;
        }
    }

    private static EnumModel? ReadEnum(INamedTypeSymbol type)
    {
        SpecialType underlying = type.EnumUnderlyingType?.SpecialType ?? SpecialType.None;
        if (underlying
            is not (SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64
            or SpecialType.System_UInt64))
        {
            return null;
        }

        var members = new List<EnumMember>();
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field)
            {
                ulong bits = field.ConstantValue switch
                {
                    int value => (uint)value,
                    uint value => value,
                    long value => (ulong)value,
                    ulong value => value,
                    _ => 0,
                };
                string name = LinuxName(field);
                if (name.Length > 0)
                {
                    members.Add(new EnumMember(name, bits));
                }
            }
        }

        bool isFlags = false;
        foreach (AttributeData attribute in type.GetAttributes())
        {
            isFlags |= attribute.AttributeClass?.ToDisplayString() == "System.FlagsAttribute";
        }

        return new EnumModel(
            type.ToDisplayString(s_full),
            type.EnumUnderlyingType!.ToDisplayString(),
            isFlags,
            new EquatableArray<EnumMember>(members.ToArray()));
    }

    /// <summary>
    /// What Linux calls a member: its own attribute, else the enum's prefix and its name in capitals.
    /// </summary>
    private static string LinuxName(IFieldSymbol field)
    {
        string? own = AttributeText(field, "Moat.Abi.LinuxNameAttribute");
        string? prefix = AttributeText(field.ContainingType, "Moat.Abi.LinuxPrefixAttribute");
        if (own is not null || field.Name == "None")
        {
            return own ?? string.Empty;
        }

        return string.IsNullOrEmpty(prefix) ? field.Name : prefix + field.Name.ToUpperInvariant();
    }

    private static string? AttributeText(ISymbol symbol, string attributeName)
    {
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass?.ToDisplayString() == attributeName
                && attribute.ConstructorArguments.Length == 1)
            {
                return attribute.ConstructorArguments[0].Value as string;
            }
        }

        return null;
    }

    // From the source text, not from GetDocumentationCommentXml: that is empty where a build makes no
    // documentation file, and docs/syscalls.md must not depend on how one builds.
    private static string Summary(SyntaxNode declaration)
    {
        string comment = Regex.Replace(declaration.GetLeadingTrivia().ToFullString(), @"(?m)^\s*///?",
            string.Empty);
        Match match = Regex.Match(comment, "(?s)<summary>(.*?)</summary>");
        if (!match.Success)
        {
            return string.Empty;
        }

        XElement summary;
        try
        {
            summary = XElement.Parse(match.Value);
        }
        catch (System.Xml.XmlException)
        {
            return string.Empty;
        }

        foreach (XElement reference in new List<XElement>(summary.Descendants()))
        {
            string? name = (reference.Attribute("cref") ?? reference.Attribute("langword"))?.Value
                ?? reference.Attribute("name")?.Value;
            if (name is not null && reference.Value.Length == 0)
            {
                reference.Value = name.Substring(name.LastIndexOf('.') + 1);
            }
        }

        return Regex.Replace(summary.Value, @"\s+", " ").Trim();
    }
}
