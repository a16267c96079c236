// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Moat.Analyzers;

/// <summary>Errors are values: a call whose Errno, Result or SysResult goes nowhere is reported.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IgnoredResultAnalyzer : DiagnosticAnalyzer
{
    private static readonly DiagnosticDescriptor s_rule = new(
        "MOAT010",
        "Ignored result",
        "The {0} that '{1}' returns is ignored: handle it, or discard it with '_ ='",
        "Moat.Errors",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [s_rule];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(
            static node => Check(node, ((ExpressionStatementSyntax)node.Node).Expression),
            SyntaxKind.ExpressionStatement);
        context.RegisterSyntaxNodeAction(CheckArrow, SyntaxKind.ArrowExpressionClause);
    }

    // void M() => Call(); ignores as well.
    private static void CheckArrow(SyntaxNodeAnalysisContext context)
    {
        bool isVoid = context.Node.Parent switch
        {
            MethodDeclarationSyntax method => method.ReturnType
                is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword },
            AccessorDeclarationSyntax accessor => accessor.Keyword.RawKind is (int)SyntaxKind.SetKeyword
                or (int)SyntaxKind.InitKeyword,
            ConstructorDeclarationSyntax => true,
            _ => false,
        };
        if (isVoid)
        {
            Check(context, ((ArrowExpressionClauseSyntax)context.Node).Expression);
        }
    }

    private static void Check(SyntaxNodeAnalysisContext context, ExpressionSyntax expression)
    {
        if (expression is not (InvocationExpressionSyntax or ConditionalAccessExpressionSyntax))
        {
            return;
        }

        ITypeSymbol? type = context.SemanticModel.GetTypeInfo(expression, context.CancellationToken).Type;
        if (type
            is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            type = nullable.TypeArguments[0];
        }

        if (Callee(expression) is "Close" or "Unmap")
        {
            return;
        }

        string? name = type?.OriginalDefinition.ToDisplayString();
        if (name is "Moat.Abi.Errno" or "Moat.Base.SysResult" or "Moat.Base.Result<T>")
        {
            string call = expression.ToString();
            call = call.Length > 60 ? call.Substring(0, 60) + "..." : call;
            context.ReportDiagnostic(Diagnostic.Create(s_rule, expression.GetLocation(), type!.Name, call));
        }
    }

    // Letting go of a thing cannot be helped when it fails.
    private static string? Callee(ExpressionSyntax expression) => expression switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax member } =>
            member.Name.Identifier.Text,
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax name } => name.Identifier.Text,
        _ => null,
    };
}
