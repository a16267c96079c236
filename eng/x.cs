// SPDX-License-Identifier: Apache-2.0
// The development tool behind ./x. First argument: the repository's root. Standard library only.
#:property PublishAot=false
#:property GenerateDocumentationFile=false
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Xml.Linq;

const string Usage = """
    usage: ./x COMMAND

      build                  compile every project
      run [--] ARGS          publish the native binary when sources are newer, then become `moat ARGS`
      test [--all] [NAME...] [-- ARGS]
                             run the tests (--all: the long ones too; NAME: projects whose name contains it;
                             ARGS: for the test programs, such as -method '*Pipe*')
      bench [ARGS]           publish when sources are newer, then run bench/Moat.Bench with ARGS
      tidy                   check layout, layers, sizes, headers and links
      publish                make the native binary artifacts/publish/moat
      docs                   write the generated documents under docs/
    """;

string root = args.Length > 0 ? args[0] : ".";
Directory.SetCurrentDirectory(root);
string command = args.Length > 1 ? args[1] : "--help";
List<string> rest = args.Length > 2 ? [.. args[2..]] : [];
switch (command)
{
    case "build":
        return Dotnet(["build", "Moat.slnx", "-v", "q", "-nologo", "-clp:NoSummary", .. rest]);
    case "publish":
        return Publish(rest.Contains("--quiet"));
    case "test":
        return Test(rest);
    case "tidy":
        return Test(["Moat.Tidy.Tests", .. rest], publish: false);
    case "docs":
        Environment.SetEnvironmentVariable("MOAT_UPDATE_DOCS", "1");
        return Test(["Moat.Syscalls.Tests", "Moat.Host.Tests", "Moat.Tidy.Tests", "--", "-trait",
            "Kind=Docs"], publish: false);
    case "bench":
        return Bench(rest);
    case "help" or "--help" or "-h":
        Console.WriteLine(Usage);
        return 0;
    default:
        Console.Error.WriteLine($"x: unknown command '{command}'\n{Usage}");
        return 2;
}

int Publish(bool quiet)
{
    if (!EnsureLinker())
    {
        return 1;
    }

    if (quiet)
    {
        Console.Error.WriteLine("x: building the native binary ...");
    }

    // Into a folder beside the last one, then renamed over it: a running or half-built binary is never in the
    // way.
    string staging = Path.GetFullPath("artifacts/publish-staging");
    int status = Dotnet(
        ["publish", "src/Moat.Cli/Moat.Cli.csproj", "-c", "Release", "-r", "linux-x64", "-o", staging, "-v",
            "q", "-nologo", "-clp:NoSummary"]);
    if (status == 0)
    {
        Directory.CreateDirectory("artifacts/publish");
        File.Move(Path.Combine(staging, "moat"), "artifacts/publish/moat", overwrite: true);
        File.SetLastWriteTimeUtc("artifacts/publish/moat", DateTime.UtcNow);
        if (!quiet)
        {
            long size = new FileInfo("artifacts/publish/moat").Length;
            Console.WriteLine($"artifacts/publish/moat ({size / 1e6:F1} MB)");
        }
    }

    return status;
}

// Whether the native binary is newer than all that it is made of.
bool IsPublished()
{
    string[] files =
    [
        .. Directory.GetFiles("src", "*", SearchOption.AllDirectories),
        .. Directory.GetFiles("eng/Moat.Analyzers", "*", SearchOption.AllDirectories),
        .. Directory.GetFiles(".", "Directory.*.props"),
    ];
    DateTime published = File.GetLastWriteTimeUtc("artifacts/publish/moat");
    return Array.TrueForAll(files, file => File.GetLastWriteTimeUtc(file) <= published);
}

bool EnsureLinker()
{
    if (OnPath("clang") || OnPath("gcc"))
    {
        return File.Exists("/usr/include/stdio.h") || Install(["libc6-dev"], "the C library's link files");
    }

    return Install(["gcc", "libc6-dev"], "a linker for the native binary");
}

bool Install(List<string> packages, string why)
{
    string list = string.Join(' ', packages);
    if (!OnPath("apt-get") || Environment.UserName != "root")
    {
        Console.Error.WriteLine($"x: missing {why}: {list}. Install with: sudo apt-get install -y {list}");
        return false;
    }

    Console.Error.WriteLine($"x: installing from Debian: {list}");
    Environment.SetEnvironmentVariable("DEBIAN_FRONTEND", "noninteractive");
    List<string> install = ["-qq", "-y", "--no-install-recommends", "install", .. packages];
    bool done = Capture("apt-get", install, out _) == 0;
    string output = string.Empty;
    if (!done)
    {
        Capture("apt-get", ["-qq", "update"], out _);
        done = Capture("apt-get", install, out output) == 0;
    }

    if (!done)
    {
        Console.Error.WriteLine($"{output}\nx: could not install {list} (needed: {why})");
    }

    return done;
}

bool EnsurePackages()
{
    var missing = new List<string>();
    foreach (string name in Lines("eng/packages.txt"))
    {
        if (Capture("dpkg-query", ["-W", "-f", "${Status}", name], out string status) != 0
            || !status.Contains("install ok installed", StringComparison.Ordinal))
        {
            missing.Add(name);
        }
    }

    return missing.Count == 0 || Install(missing, "what the tests run");
}

int Test(List<string> arguments, bool publish = true)
{
    int split = arguments.IndexOf("--");
    List<string> extra = split < 0 ? [] : arguments[(split + 1)..];
    List<string> names = split < 0 ? arguments : arguments[..split];
    bool all = names.Remove("--all");
    var projects = new List<string>();
    List<string> longOnes = Lines("eng/long-tests.txt");
    foreach (string path in Directory.GetFiles("tests", "*.csproj", SearchOption.AllDirectories))
    {
        string name = Path.GetFileNameWithoutExtension(path);
        bool isTest = File.ReadAllText(path).Contains("\"xunit.v3\"", StringComparison.Ordinal);
        bool named = names.Count == 0
            ? all || !longOnes.Contains(name)
            : names.Exists(n => name.Contains(n, StringComparison.OrdinalIgnoreCase));
        if (isTest && named)
        {
            projects.Add(path);
        }
    }

    projects.Sort(StringComparer.Ordinal);
    if (publish && !EnsurePackages())
    {
        return 1;
    }

    if ((publish && Publish(quiet: true) != 0) || BuildTests(projects) != 0)
    {
        Console.WriteLine("x: the build failed, no test ran");
        return 1;
    }

    var tally = new Tally();
    Environment.SetEnvironmentVariable("MOAT_BINARY", Path.GetFullPath("artifacts/publish/moat"));
    Directory.CreateDirectory("artifacts/test-results");
    foreach (string project in projects)
    {
        RunTests(Path.GetFileNameWithoutExtension(project), extra, tally);
    }

    foreach (string failure in tally.Failures)
    {
        Console.WriteLine($"\nFAILED {failure}");
    }

    Console.WriteLine($"\n{tally.Passed} passed, {tally.Failed} failed, {tally.Skipped} skipped");
    return tally.Failed > 0 || tally.Passed == 0 ? 1 : 0;
}

int BuildTests(List<string> projects)
{
    Console.WriteLine($"x: building {projects.Count} test projects");
    var solution = new StringBuilder("<Solution>\n");
    foreach (string project in projects)
    {
        solution.Append(CultureInfo.InvariantCulture, $"  <Project Path=\"../{project}\" />\n");
    }

    Directory.CreateDirectory("artifacts");
    File.WriteAllText("artifacts/tests.slnx", solution.Append("</Solution>\n").ToString());
    return Dotnet(["build", "artifacts/tests.slnx", "-c", "Debug", "-v", "q", "-nologo", "-clp:NoSummary"]);
}

// Real signals on a busy two-core machine: what fails is run once more, but for long ones. Both runs are
// shown; a test that fails twice fails. First-run failures that went away are printed as flaky, to be mended.
void RunTests(string name, List<string> extra, Tally tally)
{
    var first = new Tally();
    RunOnce(name, extra, first);
    if (first.Failed > 0 && !Lines("eng/long-tests.txt").Contains(name))
    {
        var second = new Tally();
        Console.WriteLine($"{name}: running it once more");
        RunOnce(name, extra, second);
        foreach (string failure in (List<string>)[.. first.Failures, .. second.Failures])
        {
            bool twice = first.Failures.Exists(f => Title(f) == Title(failure))
                && second.Failures.Exists(f => Title(f) == Title(failure));
            if (!twice)
            {
                Console.WriteLine($"flaky: {failure}");
            }
        }

        // A test that failed the second time only had passed before; a crash or a timeout stays a failure.
        List<string> flaky = second.Failures.FindAll(s =>
            !Title(s).StartsWith($"{name}:", StringComparison.Ordinal)
            && !first.Failures.Exists(f => Title(f) == Title(s)));
        second.Failures.RemoveAll(flaky.Contains);
        second.Failed -= flaky.Count;
        second.Passed += flaky.Count;
        first = second;
    }

    tally.Passed += first.Passed;
    tally.Failed += first.Failed;
    tally.Skipped += first.Skipped;
    tally.Failures.AddRange(first.Failures);
}

static string Title(string failure) => failure.Split('\n')[0];

void RunOnce(string name, List<string> extra, Tally tally)
{
    string program = Path.GetFullPath($"artifacts/bin/{name}/debug/{name}");
    string report = Path.GetFullPath($"artifacts/test-results/{name}.xml");
    string log = Path.GetFullPath($"artifacts/test-results/{name}.log");
    File.Delete(report);
    if (!File.Exists(program))
    {
        tally.Failed++;
        tally.Failures.Add($"{name}: the build made no {program}");
        return;
    }

    string usual = Lines("eng/long-tests.txt").Contains(name) ? "7200" : "600";
    int limit = int.Parse(Environment.GetEnvironmentVariable("MOAT_TEST_TIMEOUT") ?? usual,
        CultureInfo.InvariantCulture);
    var clock = Stopwatch.StartNew();
    int status = RunLimited(program, ["-xml", report, "-noLogo", "-noColor", .. extra], log, limit);
    var before = (tally.Passed, tally.Failed, tally.Skipped);
    int failures = tally.Failures.Count;
    if (File.Exists(report))
    {
        ReadReport(report, tally);
    }

    // A crash or a timeout is a failure even when the tests until then were reported.
    if (status < 0 || (status != 0 && tally.Failed == before.Failed))
    {
        string how = status < 0 ? $"timed out after {limit} s" : $"exit status {status}";
        tally.Failed++;
        tally.Failures.Add($"{name}: {how}; the end of {Path.GetRelativePath(".", log)}:\n{Tail(log)}");
    }

    Console.WriteLine(
        $"{name}: {tally.Passed - before.Passed} passed, {tally.Failed - before.Failed} failed, "
        + $"{tally.Skipped - before.Skipped} skipped ({clock.Elapsed.TotalSeconds:F1} s)");
    foreach (string failure in tally.Failures[failures..])
    {
        Console.WriteLine($"failed: {Title(failure)}");
    }
}

void ReadReport(string path, Tally tally)
{
    XElement report = XElement.Load(path);
    foreach (XElement test in report.Descendants("test"))
    {
        string name = (string?)test.Attribute("name") ?? "?";
        switch ((string?)test.Attribute("result"))
        {
            case "Pass":
                tally.Passed++;
                break;
            case "Skip":
                tally.Skipped++;
                Console.WriteLine($"skipped: {name}: {test.Element("reason")?.Value}");
                break;
            case "Fail":
                tally.Failed++;
                XElement? failure = test.Element("failure");
                string output = test.Element("output")?.Value ?? string.Empty;
                string? message = failure?.Element("message")?.Value;
                string? trace = failure?.Element("stack-trace")?.Value;
                tally.Failures.Add($"{name}\n{message}\n{trace}\n{output}");
                break;
        }
    }

    foreach (XElement error in report.Descendants("error"))
    {
        tally.Failed++;
        tally.Failures.Add($"{Path.GetFileNameWithoutExtension(path)}: {error.Value}");
    }
}

int Bench(List<string> arguments)
{
    bool measures = !arguments.Contains("--spec") && !arguments.Contains("--list");
    if (measures && !IsPublished() && Publish(quiet: true) != 0)
    {
        return 1;
    }

    int status = Dotnet(["build", "bench/Moat.Bench/Moat.Bench.csproj", "-c", "Release", "-v", "q", "-nologo",
        "-clp:NoSummary"]);
    Environment.SetEnvironmentVariable("MOAT_BINARY", Path.GetFullPath("artifacts/publish/moat"));
    return status != 0 ? status : Run("artifacts/bin/Moat.Bench/release/Moat.Bench", arguments);
}

// Quiet when all is well; the whole output when not.
int Dotnet(List<string> arguments)
{
    int status = Capture("dotnet", arguments, out string output);
    if (status != 0)
    {
        Console.Error.WriteLine(output);
        Console.Error.WriteLine($"x: dotnet {arguments[0]} ended with status {status}");
    }

    return status;
}

int Run(string file, List<string> arguments)
{
    using Process process = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false })!;
    process.WaitForExit();
    return process.ExitCode;
}

// Runs with output into a log file; -1 when it had to be ended.
int RunLimited(string file, List<string> arguments, string log, int seconds)
{
    using var writer = new StreamWriter(log);
    var info = new ProcessStartInfo(file, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
    };
    using Process process = Process.Start(info)!;
    process.StandardInput.Close();
    bool closed = false;
    void Write(object sender, DataReceivedEventArgs line)
    {
        lock (writer)
        {
            if (!closed)
            {
                writer.WriteLine(line.Data);
            }
        }
    }

    process.OutputDataReceived += Write;
    process.ErrorDataReceived += Write;
    process.BeginOutputReadLine();
    process.BeginErrorReadLine();
    bool ended = process.WaitForExit(TimeSpan.FromSeconds(seconds));
    if (!ended)
    {
        process.Kill(entireProcessTree: true);
    }

    // Lines may still come, now or from what the program left behind, after the log is closed.
    lock (writer)
    {
        closed = true;
    }

    return ended ? process.ExitCode : -1;
}

int Capture(string file, List<string> arguments, out string output)
{
    var info = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true,
        RedirectStandardError = true };
    using Process process = Process.Start(info)!;
    System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
    output = process.StandardOutput.ReadToEnd() + errors.Result;
    process.WaitForExit();
    return process.ExitCode;
}

bool OnPath(string name)
{
    foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'))
    {
        if (File.Exists(Path.Combine(folder, name)))
        {
            return true;
        }
    }

    return false;
}

// The lines of a list file without comments.
List<string> Lines(string path)
{
    var lines = new List<string>();
    foreach (string line in File.ReadAllLines(path))
    {
        string text = line.Split('#')[0].Trim();
        if (text.Length > 0)
        {
            lines.Add(text);
        }
    }

    return lines;
}

string Tail(string path)
{
    string[] lines = File.ReadAllLines(path);
    return string.Join('\n', lines[Math.Max(0, lines.Length - 30)..]);
}

/// <summary>What the test programs reported so far.</summary>
internal sealed class Tally
{
    public int Passed { get; set; }

    public int Failed { get; set; }

    public int Skipped { get; set; }

    public List<string> Failures { get; } = [];
}
