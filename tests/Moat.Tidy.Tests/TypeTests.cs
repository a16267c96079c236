// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Moat.Tidy.Tests;

/// <summary>
/// One documented type per file, named as the file, in the folder's namespace, with short functions.
/// </summary>
public class TypeTests
{
    private const int LongFunction = 70;

    private static readonly Lazy<Dictionary<string, CompilationUnitSyntax>> s_units = new(Parse);

    [Fact]
    public void OneTypePerFileNamedAsTheFile()
    {
        var findings = new Findings("type");
        foreach ((string path, CompilationUnitSyntax unit) in s_units.Value)
        {
            List<MemberDeclarationSyntax> types = Types(unit);
            string expected = Path.GetFileName(path).Split('.')[0];
            bool isProgram = unit.Members.Count > 0 && unit.Members[0] is GlobalStatementSyntax;
            bool isAttributes = unit.Members.Count == 0 && unit.AttributeLists.Count > 0;
            if (!isProgram && !isAttributes && (types.Count != 1 || Name(types[0]) != expected))
            {
                findings.Add(path,
                    $"declares {string.Join(", ", types.ConvertAll(Name))}, not just {expected}");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void NamespaceIsTheFolder()
    {
        var findings = new Findings("namespace");
        foreach ((string path, CompilationUnitSyntax unit) in s_units.Value)
        {
            string folder = Path.GetDirectoryName(path)!;
            string expected = folder[(folder.IndexOf('/', StringComparison.Ordinal) + 1)..].Replace('/', '.');
            foreach (MemberDeclarationSyntax member in unit.Members)
            {
                if (member is BaseNamespaceDeclarationSyntax space && space.Name.ToString() != expected)
                {
                    findings.Add(path, $"has namespace {space.Name}, its folder says {expected}");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void TypesAreDocumented()
    {
        var findings = new Findings("summary");
        foreach ((string path, CompilationUnitSyntax unit) in s_units.Value)
        {
            foreach (MemberDeclarationSyntax type in Types(unit))
            {
                if (!type.GetLeadingTrivia().ToFullString().Contains("<summary>", StringComparison.Ordinal))
                {
                    findings.Add(path, $"{Name(type)} has no <summary>");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void FunctionsAreShort()
    {
        var findings = new Findings("function");
        foreach ((string path, CompilationUnitSyntax unit) in s_units.Value)
        {
            foreach (SyntaxNode node in unit.DescendantNodes())
            {
                if (node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax
                    or LocalFunctionStatementSyntax)
                {
                    FileLinePositionSpan span = node.SyntaxTree.GetLineSpan(node.Span);
                    int lines = span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
                    if (lines > LongFunction)
                    {
                        findings.Add(path,
                            $"line {span.StartLinePosition.Line + 1}: a function of {lines} lines");
                    }
                }
            }
        }

        findings.AssertNone();
    }

    private static Dictionary<string, CompilationUnitSyntax> Parse()
    {
        var units = new Dictionary<string, CompilationUnitSyntax>();
        foreach (string path in Tree.Sources("src", "tests", "bench", "eng/Moat.Analyzers"))
        {
            var tree = CSharpSyntaxTree.ParseText(
                Tree.Text(path),
                CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Preview).WithDocumentationMode(
                    DocumentationMode.Parse));
            units[path] = tree.GetCompilationUnitRoot();
        }

        return units;
    }

    private static List<MemberDeclarationSyntax> Types(CompilationUnitSyntax unit)
    {
        var types = new List<MemberDeclarationSyntax>();
        foreach (MemberDeclarationSyntax member in unit.Members)
        {
            SyntaxList<MemberDeclarationSyntax> inner =
                member is BaseNamespaceDeclarationSyntax space ? space.Members : [member];
            foreach (MemberDeclarationSyntax type in inner)
            {
                if (type is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax)
                {
                    types.Add(type);
                }
            }
        }

        return types;
    }

    private static string Name(MemberDeclarationSyntax type) =>
        type is BaseTypeDeclarationSyntax declaration
            ? declaration.Identifier.Text
            : ((DelegateDeclarationSyntax)type).Identifier.Text;
}
