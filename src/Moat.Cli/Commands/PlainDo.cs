// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Moat.Cli.Commands;

/// <summary>
/// Reads the words of an ordinary `moat do` without System.CommandLine, which costs half a millisecond.
/// </summary>
/// <remarks>
/// Whatever is not plain (help, mistakes, abbreviations, an option given twice) is left to the real parser,
/// so
/// that there is one place for messages and rules; a test compares the two.
/// </remarks>
internal static class PlainDo
{
    /// <summary>The options, when every word is one of the plain kind.</summary>
    internal static bool TryRead(string[] args, [NotNullWhen(true)] out DoOptions? options)
    {
        options = null;
        if (args.Length < 2 || args[0] != "do")
        {
            return false;
        }

        var volumes = new List<string>();
        var environment = new List<string>();
        var read = new DoOptions { Volumes = volumes, Environment = environment };
        for (int i = 1; i < args.Length; i++)
        {
            string word = args[i];
            if (word == "--" || !word.StartsWith('-'))
            {
                string[] words = args[(word == "--" ? i + 1 : i)..];
                options = words.Length > 0 ? read with { Words = words } : null;
                return options != null;
            }

            if (Flag(word, read) is DoOptions with)
            {
                // A flag's optional value is the real parser's business.
                if (ReferenceEquals(with, read) || (i + 1 < args.Length && args[i + 1] is "true" or "false"))
                {
                    return false;
                }

                read = with;
                continue;
            }

            int equals = word.IndexOf('=');
            string name = equals > 0 ? word[..equals] : word;
            string? value = equals > 0 ? word[(equals + 1)..] : ++i < args.Length ? args[i] : null;
            if (string.IsNullOrEmpty(value) || (equals < 0 && value.StartsWith('-')))
            {
                return false;
            }

            if (name is "--volume" or "-v")
            {
                volumes.Add(value);
            }
            else if (name is "--env" or "-e")
            {
                environment.Add(value);
            }
            else if (Single(name, value, read) is DoOptions changed)
            {
                read = changed;
            }
            else
            {
                return false;
            }
        }

        return false;
    }

    private static DoOptions? Flag(string word, DoOptions read) => word switch
    {
        "--clear-env" => read.ClearEnvironment ? read : read with { ClearEnvironment = true },
        "--trace-start" => read.TraceStart ? read : read with { TraceStart = true },
        _ => null,
    };

    private static DoOptions? Single(string name, string value, DoOptions read) => name switch
    {
        "--cwd" or "-w" when read.WorkingDirectory == null => read with { WorkingDirectory = value },
        "--user" or "-u" when read.User == null => read with { User = value },
        "--rootfs" when read.RootFileSystem == null => read with { RootFileSystem = value },
        "--timeout" when read.Timeout == null => read with { Timeout = value },
        "--hostname" when read.Hostname == null => read with { Hostname = value },
        _ => null,
    };
}
