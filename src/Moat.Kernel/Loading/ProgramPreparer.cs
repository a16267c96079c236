// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Loading;

/// <summary>
/// The part of execve(2) that may still fail: finds the program behind scripts, and its interpreter.
/// </summary>
public static class ProgramPreparer
{
    /// <summary>Scripts whose interpreter is a script, at most.</summary>
    private const int MaxScripts = 5;

    /// <summary>Prepares an exec.</summary>
    /// <param name="caller">Who executes.</param>
    /// <param name="resolver">Opens interpreters.</param>
    /// <param name="file">What is executed, opened and permitted; its reference passes to this
    /// method.</param>
    /// <param name="path">The path it was named by ("/dev/fd/N" for an fexecve).</param>
    /// <param name="arguments">argv; an empty one gets an empty string, as since Linux 5.18.</param>
    /// <param name="environment">envp.</param>
    /// <param name="byteLimit">Bytes that strings and pointers may take (<see
    /// cref="ArgumentStrings.Limit"/>).</param>
    /// <returns>ENOEXEC, ELIBBAD, E2BIG, ELOOP, or the error of opening an interpreter.</returns>
    public static Result<PreparedProgram> Prepare(Caller caller, IExecutableResolver resolver, OpenFile file,
        ReadOnlySpan<byte> path, ArgumentStrings arguments, ArgumentStrings environment, int byteLimit)
    {
        if (arguments.Count == 0)
        {
            arguments.Add(default);
        }

        byte[] fileName = path.ToArray();
        byte[] name = fileName;
        Span<byte> start = stackalloc byte[ScriptHeader.LineLimit];
        for (int scripts = 0; ; scripts++)
        {
            start.Clear();
            if (!FileReader.ReadUpTo(caller, file, start, 0).TryGet(out _, out Errno error))
            {
                file.Release();
                return error;
            }

            if (!ScriptHeader.HasMagic(start))
            {
                return PrepareElf(caller, resolver, file, start, fileName, arguments, environment, byteLimit);
            }

            Result<ScriptHeader> parsed = ScriptHeader.Parse(start);
            file.Release();
            if (!parsed.TryGet(out ScriptHeader script, out error))
            {
                return error;
            }

            arguments = WithScript(script, name, arguments);
            name = script.Interpreter;
            if (!resolver.OpenExecutable(caller, name).TryGet(out OpenFile? next, out error))
            {
                return error;
            }

            file = next;
            if (scripts == MaxScripts)
            {
                file.Release();
                return Errno.ELOOP;
            }
        }
    }

    /// <summary>
    /// argv of a script: its interpreter, the interpreter's argument, the script, the script's own arguments.
    /// </summary>
    private static ArgumentStrings WithScript(ScriptHeader script, byte[] scriptName,
        ArgumentStrings arguments)
    {
        var all = new ArgumentStrings();
        all.Add(script.Interpreter);
        if (script.Argument is not null)
        {
            all.Add(script.Argument);
        }

        all.Add(scriptName);
        all.AddFrom(arguments, 1);
        return all;
    }

    private static Result<PreparedProgram> PrepareElf(Caller caller, IExecutableResolver resolver,
        OpenFile file,
        ReadOnlySpan<byte> start, byte[] fileName, ArgumentStrings arguments, ArgumentStrings environment,
            int byteLimit)
    {
        long bytes = (long)arguments.ByteCount + environment.ByteCount + fileName.Length + 1
            + ((long)arguments.Count + environment.Count) * sizeof(ulong);
        Errno error = bytes > byteLimit ? Errno.E2BIG : Errno.Success;
        ProgramPart? main = null;
        if (error != Errno.Success || !ProgramPart.Open(caller, file, start).TryGet(out main, out error))
        {
            file.Release();
            return error;
        }

        var prepared = new PreparedProgram(file, main)
        {
            Arguments = arguments,
            Environment = environment,
            FileName = fileName,
        };
        error = OpenInterpreter(caller, resolver, prepared);
        if (error == Errno.Success)
        {
            return prepared;
        }

        prepared.Dispose();
        return error;
    }

    private static Errno OpenInterpreter(Caller caller, IExecutableResolver resolver,
        PreparedProgram prepared)
    {
        byte[] path = prepared.Main.Image.InterpreterPath;
        if (path.Length == 0)
        {
            return Errno.Success;
        }

        if (!resolver.OpenExecutable(caller, path).TryGet(out OpenFile? file, out Errno error))
        {
            return error;
        }

        Span<byte> start = stackalloc byte[ElfParser.HeaderSize];
        error = FileReader.ReadExactly(caller, file, start, 0);
        if (error == Errno.Success)
        {
            if (ProgramPart.Open(caller, file, start).TryGet(out ProgramPart? part, out error))
            {
                prepared.Interpreter = part;
            }

            error = error == Errno.ENOEXEC ? Errno.ELIBBAD : error;
        }

        file.Release();
        return error;
    }
}
