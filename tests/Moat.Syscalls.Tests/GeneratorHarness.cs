// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Moat.Analyzers;
using Moat.Testing;

namespace Moat.Syscalls.Tests;

/// <summary>
/// Compiles handlers with the generator, together with the real hand-written half of Moat.Syscalls.
/// </summary>
internal static class GeneratorHarness
{
    private static readonly CSharpParseOptions s_parse =
        CSharpParseOptions.Default.WithLanguageVersion(LanguageVersion.Latest).WithDocumentationMode(
            DocumentationMode.Parse);

    /// <summary>Wraps methods into a class in a file with the usual usings.</summary>
    public static string Handlers(string methods) =>
        """
        using System;
        using Moat.Abi;
        using Moat.Base;
        using Moat.Kernel.Tasks;
        using Moat.Memory;
        using Moat.Syscalls;

        public enum Small : byte { A }
        public enum Choice { None = 0, One = 1, Two = 2, Three = 3 }
        [Flags] public enum Bits : uint { None = 0, A = 1, B = 2, AB = 3, Top = 0x80000000, Wide = 0x30 }
        [Flags] public enum LongBits : ulong { Low = 1, High = 0x8000000000000000 }

        public static class Handlers
        {
        """ + methods + "\n}\n";

    public static CSharpCompilation Compile(string source)
    {
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(source, s_parse, "Handlers.cs") };
        string real = Path.Combine(Repository.Root, "src/Moat.Syscalls");
        foreach (string path in (string[])[Path.Combine(real, "SyscallAttribute.cs"),
            .. Directory.GetFiles(Path.Combine(real, "Dispatch"), "*.cs")])
        {
            trees.Add(CSharpSyntaxTree.ParseText(File.ReadAllText(path), s_parse, path));
        }

        var references = new List<MetadataReference>();
        foreach (string path in ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':'))
        {
            if (!path.EndsWith("/Moat.Syscalls.dll", StringComparison.Ordinal))
            {
                references.Add(MetadataReference.CreateFromFile(path));
            }
        }

        return CSharpCompilation.Create(
            "Generated",
            trees,
            references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    public static GeneratorDriver Driver() =>
        CSharpGeneratorDriver.Create(
            [new SyscallGenerator().AsSourceGenerator()],
            parseOptions: s_parse,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None,
                trackIncrementalGeneratorSteps: true));

    /// <summary>The errors of generator and compiler, as "ID message".</summary>
    public static List<string> Errors(string methods)
    {
        Driver().RunGeneratorsAndUpdateCompilation(
            Compile(Handlers(methods)), out Compilation output, out ImmutableArray<Diagnostic> problems);
        var errors = new List<string>();
        foreach (Diagnostic problem in (Diagnostic[])[.. problems, .. output.GetDiagnostics()])
        {
            if (problem.Severity == DiagnosticSeverity.Error)
            {
                errors.Add(
                    problem.Id + " " + problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return errors;
    }

    /// <summary>Compiles and loads; the test fails on any error.</summary>
    public static Assembly Load(string methods)
    {
        Driver().RunGeneratorsAndUpdateCompilation(
            Compile(Handlers(methods)), out Compilation output, out ImmutableArray<Diagnostic> problems);
        Xunit.Assert.Empty(problems);
        using var image = new MemoryStream();
        Microsoft.CodeAnalysis.Emit.EmitResult emitted = output.Emit(image);
        Xunit.Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return Assembly.Load(image.ToArray());
    }
}
