// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.IO;

namespace Moat.Abi.Tests;

/// <summary>Compiles and runs C: the real headers are what the ABI is compared with.</summary>
internal static class CProgram
{
    /// <summary>The program's output, or null and the compiler's messages.</summary>
    public static string? TryRun(string source, out string errors)
    {
        string folder = Directory.CreateTempSubdirectory("moat-abi-").FullName;
        try
        {
            string file = Path.Combine(folder, "program.c");
            File.WriteAllText(file, source);
            string binary = Path.Combine(folder, "program");
            return Run("gcc", ["-w", "-fmax-errors=0", "-o", binary, file], out errors) is null
                ? null
                : Run(binary, [], out errors);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Run(string program, string[] arguments, out string errors)
    {
        var info = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true,
            RedirectStandardError = true };
        info.Environment["LC_ALL"] = "C";
        using Process process = Process.Start(info) ?? throw new InvalidOperationException(program);
        System.Threading.Tasks.Task<string> reader = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        errors = reader.GetAwaiter().GetResult();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : null;
    }
}
