// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;

namespace Moat.Testing;

/// <summary>A program run with a clean environment, closed standard input and a time limit.</summary>
public sealed class Command
{
    private const int MostOutput = 4 << 20;

    private readonly List<string> _words = [];

    /// <summary>Makes a command from its words, to be run as <paramref name="identity"/>.</summary>
    public Command(Identity identity, IEnumerable<string> words)
    {
        // .NET ignores SIGPIPE and hands that on; programs are to start as a shell would start them.
        _words.AddRange(["/usr/bin/env", "--default-signal=PIPE", .. identity.Prefix()]);
        _words.AddRange(words);
    }

    /// <summary>The directory it starts in.</summary>
    public string Directory { get; init; } = "/";

    /// <summary>How long it may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What it reads from standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>More environment variables, beside PATH, HOME, LC_ALL and TERM.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Starts it and returns the process; the caller reads its pipes and ends it.</summary>
    public Process Start()
    {
        ProcessStartInfo info = new(_words[0])
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.Latin1,
            StandardErrorEncoding = Encoding.Latin1,
        };
        for (int i = 1; i < _words.Count; i++)
        {
            info.ArgumentList.Add(_words[i]);
        }
        info.Environment.Clear();
        info.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        info.Environment["HOME"] = "/";
        info.Environment["LC_ALL"] = "C.UTF-8";
        info.Environment["TERM"] = "dumb";
        foreach ((string name, string value) in Environment)
        {
            info.Environment[name] = value;
        }
        return Process.Start(info) ?? throw new InvalidOperationException($"cannot start {_words[0]}");
    }

    /// <summary>Runs it to its end; kills it, and what it started, when its time is up.</summary>
    public CommandResult Run()
    {
        long begun = Stopwatch.GetTimestamp();
        using Process process = Start();
        StringBuilder output = new(), error = new();
        Thread outputReader = Drain(process.StandardOutput, output),
            errorReader = Drain(process.StandardError, error);
        try
        {
            process.StandardInput.Write(Input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended, or closed its input, before reading everything.
        }
        bool ended = process.WaitForExit(Timeout);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(10));
        }
        // A grandchild that outlived the command may still hold the pipes: do not wait for it for ever.
        outputReader.Join(TimeSpan.FromSeconds(5));
        errorReader.Join(TimeSpan.FromSeconds(5));
        TimeSpan elapsed = Stopwatch.GetElapsedTime(begun);
        lock (output)
        {
            lock (error)
            {
                return new CommandResult(ended ? process.ExitCode : -1, output.ToString(), error.ToString(),
                    !ended, elapsed);
            }
        }
    }

    private static Thread Drain(StreamReader reader, StringBuilder into)
    {
        Thread thread = new(() =>
        {
            char[] block = new char[8192];
            try
            {
                for (int n; (n = reader.Read(block)) > 0;)
                {
                    lock (into)
                    {
                        if (into.Length < MostOutput)
                        {
                            into.Append(block, 0, n);
                        }
                    }
                }
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The pipe was closed under the reader when the process was given up.
            }
        }) { IsBackground = true };
        thread.Start();
        return thread;
    }
}
