// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.CommandLine;

namespace Moat.Cli;

/// <summary>
/// Finds where the guest's command begins, so that its own options are not taken for Moat's.
/// </summary>
internal static class CommandSplitter
{
    /// <summary>
    /// Puts `--` before the first word of `do` and `exec` that is neither an option nor an option's value.
    /// </summary>
    /// <param name="root">The commands.</param>
    /// <param name="args">The caller's words.</param>
    /// <param name="unknown">A word that looks like an option of Moat's but is none, or null.</param>
    internal static string[] Split(RootCommand root, string[] args, out string? unknown)
    {
        unknown = null;
        if (args.Length < 2 || args[0] is not ("do" or "exec"))
        {
            return args;
        }

        Command command = Find(root, args[0]);
        int positions = args[0] == "exec" ? 2 : 1;
        for (int i = 1; i < args.Length; i++)
        {
            string word = args[i];
            if (word == "--")
            {
                return args;
            }

            if (!word.StartsWith('-') || word == "-")
            {
                if (--positions == 0)
                {
                    return [.. args[..i], "--", .. args[i..]];
                }

                continue;
            }

            if (word is "--help" or "-h" or "-?")
            {
                return args[..(i + 1)];
            }

            int equals = word.IndexOf('=');
            string name = equals > 0 ? word[..equals] : word;
            if (FindOption(command.Options, name) is not Option option)
            {
                unknown = name;
                return args;
            }

            if (equals < 0 && option.Arity.MinimumNumberOfValues > 0)
            {
                i++;
            }
            else if (equals < 0 && option.Arity.MaximumNumberOfValues > 0 && option.ValueType != typeof(bool))
            {
                // An optional value is given with `=` only; say so to the parser too.
                args[i] = word + "=all";
            }
        }

        return args;
    }

    /// <summary>Whether there is such a command.</summary>
    internal static bool Knows(RootCommand root, string name) => Find(root, name) != root;

    private static Command Find(RootCommand root, string name)
    {
        foreach (Command command in root.Subcommands)
        {
            if (command.Name == name)
            {
                return command;
            }
        }

        return root;
    }

    private static Option? FindOption(IList<Option> options, string name)
    {
        foreach (Option option in options)
        {
            if (option.Name == name || option.Aliases.Contains(name))
            {
                return option;
            }
        }

        return null;
    }
}
