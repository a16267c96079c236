// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Moat.Analyzers;

/// <summary>Makes dispatch, strace output and the system call table from [Syscall] declarations.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class SyscallGenerator : IIncrementalGenerator
{
    private const string AttributeName = "Moat.Syscalls.SyscallAttribute";
    private const string NumberType = "Moat.Abi.SyscallNumber";

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<SyscallModel>> calls = context.SyntaxProvider
            .ForAttributeWithMetadataName(AttributeName, static (_, _) => true, SyscallReader.Read)
            .WithTrackingName("Syscalls")
            .Collect();
        IncrementalValueProvider<EquatableArray<NumberModel>> numbers = context.CompilationProvider
            .Select(static (compilation, _) => ReadNumbers(compilation))
            .WithTrackingName("Numbers");
        context.RegisterSourceOutput(calls.Combine(numbers), static (output, both) =>
        {
            if (both.Right.Count > 0)
            {
                Produce(output, both.Left, both.Right);
            }
        });
    }

    private static EquatableArray<NumberModel> ReadNumbers(Compilation compilation)
    {
        // Only the assembly that declares the attribute gets generated code; others may merely reference the
        // generator.
        INamedTypeSymbol? attribute = compilation.Assembly.GetTypeByMetadataName(AttributeName);
        INamedTypeSymbol? type = compilation.GetTypeByMetadataName(NumberType);
        var numbers = new List<NumberModel>();
        if (attribute is not null && type is not null)
        {
            foreach (ISymbol member in type.GetMembers())
            {
                if (member is IFieldSymbol { HasConstantValue: true, ConstantValue: uint value } field)
                {
                    numbers.Add(new NumberModel(field.Name, value));
                }
            }
        }

        numbers.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return new EquatableArray<NumberModel>(numbers.ToArray());
    }

    private static void Produce(
        SourceProductionContext output, ImmutableArray<SyscallModel> calls,
        EquatableArray<NumberModel> numbers)
    {
        var byName = new Dictionary<string, uint>();
        foreach (NumberModel number in numbers)
        {
            byName[number.Name] = number.Number;
        }

        var byNumber = new SortedDictionary<uint, SyscallModel>();
        foreach (SyscallModel call in calls)
        {
            foreach (DiagnosticInfo problem in call.Problems)
            {
                output.ReportDiagnostic(problem.ToDiagnostic());
            }

            if (!byName.TryGetValue(call.Name, out uint number))
            {
                Report(output, Diagnostics.UnknownName, call, string.Empty);
            }
            else if (byNumber.TryGetValue(number, out SyscallModel? first))
            {
                Report(output, Diagnostics.Duplicate, call, first.Method.Replace("global::", string.Empty));
            }
            else if (call.Problems.Count == 0)
            {
                byNumber.Add(number, call);
            }
        }

        var list = new List<KeyValuePair<uint, SyscallModel>>(byNumber);
        var numberList = new List<NumberModel>(numbers);
        Add(output, "SyscallDispatcher.g.cs", DispatchEmitter.Emit(list));
        Add(output, "SyscallStrace.g.cs", StraceEmitter.Emit(list));
        Add(output, "SyscallInputs.g.cs", InputEmitter.Emit(list));
        Add(output, "SyscallTable.g.cs", TableEmitter.Emit(numberList, byNumber));
    }

    private static void Report(SourceProductionContext output, string id, SyscallModel call, string second) =>
        output.ReportDiagnostic(new DiagnosticInfo(id, call.Location, call.Name, second).ToDiagnostic());

    private static void Add(SourceProductionContext output, string name, string text) =>
        output.AddSource(name, Microsoft.CodeAnalysis.Text.SourceText.From(text, Encoding.UTF8));
}
