// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Tidy.Tests;

/// <summary>The repository's own files, and the exceptions that eng/tidy-exceptions.txt grants.</summary>
internal static class Tree
{
    private static readonly HashSet<string> s_skipped = ["artifacts", ".git", "bin", "obj", ".vs", ".idea"];

    private static readonly HashSet<string> s_exceptions = ReadExceptions();

    /// <summary>All files, relative to the root, in order.</summary>
    public static List<string> Files { get; } = Walk();

    /// <summary>C# files below one of the folders.</summary>
    public static List<string> Sources(params string[] folders) =>
        Files.FindAll(path => path.EndsWith(".cs", StringComparison.Ordinal)
            && Array.Exists(folders, folder => path.StartsWith(folder + "/", StringComparison.Ordinal)));

    public static string Text(string path) => File.ReadAllText(Path.Combine(Repository.Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Repository.Root, path));

    /// <summary>True when the list of exceptions has "rule path".</summary>
    public static bool IsExcepted(string rule, string path) => s_exceptions.Contains(rule + " " + path);

    /// <summary>The exceptions that name no file any more.</summary>
    public static List<string> StaleExceptions()
    {
        var stale = new List<string>();
        foreach (string exception in s_exceptions)
        {
            if (!Files.Contains(exception[(exception.IndexOf(' ', StringComparison.Ordinal) + 1)..]))
            {
                stale.Add(exception);
            }
        }

        return stale;
    }

    private static HashSet<string> ReadExceptions()
    {
        var exceptions = new HashSet<string>();
        foreach (string line in File.ReadAllLines(Path.Combine(Repository.Root, "eng/tidy-exceptions.txt")))
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2)
            {
                exceptions.Add(words[0] + " " + words[1]);
            }
        }

        return exceptions;
    }

    private static List<string> Walk()
    {
        var files = new List<string>();
        var folders = new Stack<string>([Repository.Root]);
        while (folders.TryPop(out string? folder))
        {
            foreach (string child in Directory.GetDirectories(folder))
            {
                if (!s_skipped.Contains(Path.GetFileName(child)))
                {
                    folders.Push(child);
                }
            }

            foreach (string file in Directory.GetFiles(folder))
            {
                files.Add(Path.GetRelativePath(Repository.Root, file));
            }
        }

        files.Sort(StringComparer.Ordinal);
        return files;
    }
}
