// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace Moat.Testing;

/// <summary>One C program of <c>tests/guest</c> with the directives in its leading comments.</summary>
/// <remarks>
/// Directives are lines <c>// @key value</c>: <c>flags</c> replaces the compiler's link flags,
/// <c>variants</c> names how it is
/// linked (plain, static, static-pie, dynamic, dynamic-nopie), <c>args</c> its arguments, <c>timeout</c>
/// seconds,
/// <c>identities</c> who runs it, <c>places</c> where (<see cref="GuestPlace"/>), <c>host no</c> forbids
/// running it on the host.
/// </remarks>
public sealed class GuestProgram
{
    private static readonly string[] s_common =
        ["-O1", "-Wall", "-Werror", "-Wno-unused-result", "-Wno-nonnull",
        "-Wno-stringop-overflow", "-Wno-stringop-overread", "-pthread"];

    private readonly Dictionary<string, string> _directives = [];

    private GuestProgram(string path)
    {
        SourcePath = path;
        Name = Path.GetFileNameWithoutExtension(path);
        foreach (string line in File.ReadLines(path))
        {
            if (!line.StartsWith("//", StringComparison.Ordinal))
            {
                break;
            }
            if (line.StartsWith("// @", StringComparison.Ordinal))
            {
                string[] parts = line[4..].Split(' ', 2);
                _directives[parts[0]] = parts.Length > 1 ? parts[1].Trim() : "";
            }
        }
    }

    /// <summary>The program's name: the file's, without its extension.</summary>
    public string Name { get; }

    /// <summary>The source file.</summary>
    public string SourcePath { get; }

    /// <summary>How it is linked, one test each.</summary>
    public string[] Variants => Directive("variants", "static").Split(',');

    /// <summary>Who runs it.</summary>
    public string[] Identities => Directive("identities", "root,user").Split(',');

    /// <summary>Whether it may run on the host: what attacks its kernel may not.</summary>
    public bool RunsOnHost => Directive("host", "yes") == "yes";

    /// <summary>Its time limit on either side.</summary>
    public TimeSpan Timeout => TimeSpan.FromSeconds(int.Parse(Directive("timeout", "20"),
        CultureInfo.InvariantCulture));

    /// <summary>
    /// What file system its working directory is on inside, one test each; <c>place:identity</c> is for one
    /// of them only.
    /// </summary>
    public IEnumerable<string> PlacesOf(Identity identity)
    {
        foreach (string word in Directive("places", GuestPlace.Overlay).Split(','))
        {
            string[] parts = word.Split(':');
            if (parts.Length == 1 || parts[1] == identity.Name)
            {
                yield return parts[0];
            }
        }
    }

    /// <summary>Its arguments; quotes make an empty one.</summary>
    public string[] Arguments
    {
        get
        {
            string text = Directive("args", "");
            if (text.Length == 0)
            {
                return [];
            }
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            return Array.ConvertAll(words, word => word == "\"\"" ? "" : word);
        }
    }

    /// <summary>All programs of a directory below <c>tests</c>, by name.</summary>
    public static IReadOnlyList<GuestProgram> All(string directory)
    {
        string[] paths = Directory.GetFiles(Path.Combine(Repository.Root, "tests", directory), "*.c");
        Array.Sort(paths, StringComparer.Ordinal);
        return Array.ConvertAll(paths, path => new GuestProgram(path));
    }

    /// <summary>Finds one program by its name.</summary>
    public static GuestProgram Find(string directory, string name) =>
        new(Path.Combine(Repository.Root, "tests", directory, name + ".c"));

    /// <summary>Compiles it, unless that was done before, and puts it where everybody can run it.</summary>
    public string Build(string variant)
    {
        List<string> flags = [.. s_common];
        string own = Directive("flags", "");
        flags.AddRange(own.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        flags.AddRange(variant switch
        {
            "static" => ["-static"],
            "static-pie" => ["-static-pie", "-fPIE"],
            "dynamic" => ["-fPIE", "-pie"],
            "dynamic-nopie" => ["-no-pie", "-fno-pie"],
            _ => Array.Empty<string>(),
        });
        string cache = Path.Combine(Repository.Artifacts, "guest");
        Directory.CreateDirectory(cache);
        string built = Path.Combine(cache, $"{Name}.{variant}.{Key(flags)}");
        if (!File.Exists(built))
        {
            string partial = $"{built}.{Guid.NewGuid():N}";
            CommandResult result = new Command(Identity.Root, ["/usr/bin/gcc", .. flags, SourcePath, "-o",
                partial])
            {
                Timeout = TimeSpan.FromMinutes(2),
            }.Run();
            if (result.ExitCode != 0)
            {
                throw new InvalidOperationException($"gcc {Name}:\n{result.Error}");
            }
            File.Move(partial, built, overwrite: true);
        }
        string bin = Path.Combine(TestArea.Root, "bin", variant);
        Directory.CreateDirectory(bin);
        string placed = Path.Combine(bin, Name);
        string copy = $"{placed}.{Guid.NewGuid():N}";
        Install(built, copy);
        File.Move(copy, placed, overwrite: true);
        return placed;
    }

    /// <summary>
    /// Copies a program. Not by this process: a child that another thread forks meanwhile would have it open
    /// for writing for a moment, and running it would be ETXTBSY.
    /// </summary>
    public static void Install(string program, string place)
    {
        CommandResult result = new Command(Identity.Root, ["/usr/bin/install", "-m", "755", program, place])
            .Run();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException(result.Transcript());
        }
    }

    private string Directive(string key, string otherwise) =>
        _directives.TryGetValue(key, out string? value) ? value : otherwise;

    private string Key(List<string> flags)
    {
        StringBuilder all = new(string.Join(' ', flags));
        all.Append(File.ReadAllText(SourcePath));
        foreach (string header in Directory.GetFiles(Path.GetDirectoryName(SourcePath)!, "*.h"))
        {
            all.Append(File.ReadAllText(header));
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString())))[..12];
    }
}
