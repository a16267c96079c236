// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Kernel.Loading;

/// <summary>The first line of a script: "#!interpreter [argument]" (execve(2)).</summary>
/// <param name="Interpreter">Path of the interpreter.</param>
/// <param name="Argument">Everything after it, as one argument; null for none.</param>
public readonly record struct ScriptHeader(byte[] Interpreter, byte[]? Argument)
{
    /// <summary>How much of a file execve looks at (BINPRM_BUF_SIZE).</summary>
    public const int LineLimit = 256;

    /// <summary>True when a file is a script.</summary>
    public static bool HasMagic(ReadOnlySpan<byte> start) => start.StartsWith("#!"u8);

    /// <summary>Parses the line.</summary>
    /// <param name="start">The file's first 256 bytes, zero-filled beyond its end.</param>
    /// <returns>ENOEXEC when there is no interpreter, or its path may be cut off by the limit.</returns>
    public static Result<ScriptHeader> Parse(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> line = start[2..LineLimit];
        int newline = line.IndexOf((byte)'\n');
        if (newline >= 0)
        {
            line = line[..newline];
        }
        else
        {
            // Without a line end, a path that reaches the limit may be truncated; an argument may be cut.
            line = line[..^1];
            int name = line.IndexOfAnyExcept((byte)' ', (byte)'\t');
            if (name < 0 || line[name..].IndexOfAny((byte)' ', (byte)'\t', (byte)0) < 0)
            {
                return Errno.ENOEXEC;
            }
        }

        line = line.Trim(" \t"u8);
        if (line.IsEmpty)
        {
            return Errno.ENOEXEC;
        }

        int end = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        if (end < 0)
        {
            return new ScriptHeader(line.ToArray(), null);
        }

        ReadOnlySpan<byte> rest = line[end] == 0 ? default : line[end..].TrimStart(" \t"u8);
        int nul = rest.IndexOf((byte)0);
        rest = nul >= 0 ? rest[..nul] : rest;
        return new ScriptHeader(line[..end].ToArray(), rest.IsEmpty ? null : rest.ToArray());
    }
}
