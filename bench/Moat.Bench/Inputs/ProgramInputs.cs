// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;
using System.Text;
using Moat.Testing;

namespace Moat.Bench.Inputs;

/// <summary>Makes what the whole-program rows work on: always the same files, in
/// <c>artifacts/bench/bin/inputs</c>.</summary>
internal static class ProgramInputs
{
    public const int BigFunctions = 120;
    public const int ProjectFiles = 30;
    public const int ProjectFunctions = 8 * ProjectFiles;
    public const int TreeFiles = 5000;
    public const int Inserts = 10000;

    /// <summary>The directories of the tree, the one above its files included.</summary>
    public const int TreeDirectories = 1 + (TreeFiles / FilesPerDirectory);

    private const int Version = 2;
    private const int FilesPerDirectory = 50;

    private static readonly DateTime s_old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static string Root { get; } = Path.Combine(Workspace.Bin, "inputs");

    /// <summary>The size of the tar archive of the tree: a header and whole blocks of 512 bytes for each
    /// file, a header for each directory, whole records of 10 KiB.</summary>
    public static long ArchiveSize
    {
        get
        {
            long blocks = 2 + 1 + (TreeFiles / FilesPerDirectory);
            for (int i = 0; i < TreeFiles; i++)
            {
                blocks += 1 + ((Size(i) + 511) / 512);
            }
            return (blocks + 19) / 20 * 20 * 512;
        }
    }

    /// <summary>The sum of the inserted numbers.</summary>
    public static long InsertSum => (long)Inserts * (Inserts - 1) / 2 * 7;

    /// <summary>Makes them, unless they are there.</summary>
    public static void Prepare()
    {
        string stamp = Path.Combine(Root, "stamp");
        string version = Version.ToString(CultureInfo.InvariantCulture);
        if (!File.Exists(stamp) || File.ReadAllText(stamp) != version)
        {
            if (Directory.Exists(Root))
            {
                Directory.Delete(Root, recursive: true);
            }
            Directory.CreateDirectory(Root);
            MakeC();
            MakeTree();
            MakeSql();
            File.WriteAllText(stamp, version);
        }
        string programs = Path.Combine(Repository.Root, "bench", "programs");
        foreach (string program in Directory.GetFiles(programs, "*.py"))
        {
            File.Copy(program, Path.Combine(Root, Path.GetFileName(program)), overwrite: true);
        }
    }

    private static void MakeC()
    {
        File.WriteAllText(Path.Combine(Root, "big.c"),
            GeneratedC.Functions(0, BigFunctions) + GeneratedC.Chain(BigFunctions));
        string project = Path.Combine(Root, "project");
        Directory.CreateDirectory(project);
        StringBuilder objects = new("main.o");
        for (int i = 0; i < ProjectFiles - 1; i++)
        {
            int end = i == ProjectFiles - 2 ? ProjectFunctions : (i + 1) * 8;
            File.WriteAllText(Path.Combine(project, $"part{i}.c"), GeneratedC.Functions(i * 8, end));
            objects.Append(CultureInfo.InvariantCulture, $" part{i}.o");
        }
        File.WriteAllText(Path.Combine(project, "main.c"), GeneratedC.Chain(ProjectFunctions));
        File.WriteAllText(Path.Combine(project, "Makefile"), $"""
            VPATH = $(SOURCES)
            .RECIPEPREFIX = >
            program: {objects}
            > gcc -o $@ $^
            %.o: %.c
            > gcc -O1 -c -o $@ $<

            """);
    }

    // A repository with one changed and one new file. The files are old, so that git need not look into them.
    private static void MakeTree()
    {
        string tree = Path.Combine(Root, "tree");
        for (int i = 0; i < TreeFiles; i++)
        {
            string directory = Path.Combine(tree, "files", $"d{i / FilesPerDirectory:D3}");
            Directory.CreateDirectory(directory);
            string path = Path.Combine(directory, $"f{i:D4}.txt");
            string line = $"file {i}: the same words over and over again\n";
            StringBuilder text = new();
            while (text.Length < Size(i))
            {
                text.Append(line);
            }
            File.WriteAllText(path, text.ToString(0, Size(i)));
            File.SetLastWriteTimeUtc(path, s_old);
        }
        foreach (string[] words in (string[][])[["init", "-q", "-b", "main"], ["add", "-A"],
            ["commit", "-q", "-m", "Files"]])
        {
            Workspace.Must(["/usr/bin/git", "-c", "user.name=bench", "-c", "user.email=bench@localhost",
                "-c", "gc.auto=0", "-c", "core.autocrlf=false", .. words], tree);
        }
        Workspace.Must(["/usr/bin/tar", "-cf", Path.Combine(Root, "tree.tar"), "files"], tree);
        // The index is older than what follows.
        File.WriteAllText(Path.Combine(tree, "files/d000/f0000.txt"), new string('x', (int)Size(0)));
        File.SetLastWriteTimeUtc(Path.Combine(tree, "files/d000/f0000.txt"), s_old.AddDays(1));
        File.WriteAllText(Path.Combine(tree, "new.txt"), "new\n");
    }

    private static void MakeSql()
    {
        StringBuilder inserts = new();
        for (int i = 0; i < Inserts; i++)
        {
            inserts.Append(CultureInfo.InvariantCulture,
                $"INSERT INTO t VALUES({i}, 'row number {i}', {7L * i});\n");
        }
        const string Create = "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT, c INTEGER);\n";
        const string Count = "SELECT count(*), sum(c) FROM t;\n";
        File.WriteAllText(Path.Combine(Root, "one.sql"), $"{Create}BEGIN;\n{inserts}COMMIT;\n{Count}");
        File.WriteAllText(Path.Combine(Root, "each.sql"), Create + inserts + Count);
    }

    private static int Size(int file) => 100 + (int)((uint)file * 2654435761u % 3900u);
}
