// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>
/// An exec that can no longer fail for its files: all opened, parsed and counted, nothing mapped.
/// </summary>
/// <remarks>Invariants: holds references on its files until disposed.</remarks>
public sealed class PreparedProgram : IDisposable
{
    internal PreparedProgram(OpenFile file, ProgramPart main)
    {
        File = file;
        Main = main;
    }

    /// <summary>
    /// The ELF program that runs, which for a script is its interpreter: /proc/PID/exe, set-user-ID bits.
    /// </summary>
    public OpenFile File { get; }

    /// <summary>argv, as the program gets it.</summary>
    public required ArgumentStrings Arguments { get; init; }

    /// <summary>envp.</summary>
    public required ArgumentStrings Environment { get; init; }

    /// <summary>AT_EXECFN: the path that was executed, also for a script.</summary>
    public required byte[] FileName { get; init; }

    internal ProgramPart Main { get; }

    internal ProgramPart? Interpreter { get; set; }

    /// <summary>Gives the files back.</summary>
    public void Dispose()
    {
        Interpreter?.Dispose();
        Main.Dispose();
        File.Release();
    }
}
